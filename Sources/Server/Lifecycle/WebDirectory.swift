import FoundationEssentials

/// Finds the built web UI.
enum WebDirectory {
  /// The configured folder; else `../share/sightline/web` beside the binary; else `web/dist` of the checkout that the
  /// binary was built in. nil when none holds an `index.html`.
  static func find(configured: String) -> String? {
    var candidates = [configured]
    if configured.isEmpty {
      let binary = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
      let folders = binary.split(separator: "/").dropLast().map(String.init)
      candidates = ["/" + (folders.dropLast() + ["share", "sightline", "web"]).joined(separator: "/")]
      // .build/<triple>/release/sightline stands three folders deep in a checkout.
      for depth in 2...4 where folders.count > depth {
        candidates.append("/" + (folders.dropLast(depth) + ["web", "dist"]).joined(separator: "/"))
      }
      candidates.append("web/dist")
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0 + "/index.html") }
  }
}
