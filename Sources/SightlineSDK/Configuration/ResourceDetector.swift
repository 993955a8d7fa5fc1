#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a process can find out about itself, its host, its container and its place in Kubernetes.
///
/// Nothing is asked over the network. Command lines are left out, since they hold secrets too often.
struct ResourceDetector {
  /// The process's variables.
  var environment: [String: String]
  /// Reads a file of the system; nil when there is none.
  var read: (String) -> String? = SystemFile.text

  /// All that can be found out; what is unknown is absent.
  func detect() -> TelemetryResource {
    var resource = process()
    resource.merge(host())
    if let id = containerID() { resource["container.id"] = .string(id) }
    resource.merge(kubernetes())
    return resource
  }

  private func process() -> TelemetryResource {
    var resource = TelemetryResource([
      "process.pid": .int(Int64(getpid())), "process.parent_pid": .int(Int64(getppid())),
      "process.runtime.name": "swift",
    ])
    if let path = SystemFile.destination("/proc/self/exe") {
      resource["process.executable.path"] = .string(path)
      resource["process.executable.name"] = path.split(separator: "/").last.map { .string(String($0)) }
    }
    return resource
  }

  private func host() -> TelemetryResource {
    var resource = TelemetryResource()
    var bytes = [CChar](repeating: 0, count: 256)
    if gethostname(&bytes, bytes.count - 1) == 0 {
      let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      resource["host.name"] = .string(String(decoding: name, as: UTF8.self))
    }
    if let id = line("/etc/machine-id") { resource["host.id"] = .string(id) }
    #if arch(x86_64)
      resource["host.arch"] = "amd64"
    #elseif arch(arm64)
      resource["host.arch"] = "arm64"
    #endif
    #if os(Linux)
      resource["os.type"] = "linux"
    #elseif os(macOS)
      resource["os.type"] = "darwin"
    #endif
    for row in (read("/etc/os-release") ?? "").split(separator: "\n") {
      guard let equals = row.firstIndex(of: "=") else { continue }
      let value = AttributeValue.string(String(row[row.index(after: equals)...].filter { $0 != "\"" }))
      switch row[..<equals] {
      case "NAME": resource["os.name"] = value
      case "VERSION_ID": resource["os.version"] = value
      case "PRETTY_NAME": resource["os.description"] = value
      default: break
      }
    }
    return resource
  }

  /// The 64 digits by which the container's cgroup is called, or the folder that its files are mounted from.
  private func containerID() -> String? {
    for row in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
      if let last = row.split(separator: "/").last, let id = Self.identity(last) { return id }
    }
    for row in (read("/proc/self/mountinfo") ?? "").split(separator: "\n") where row.contains("/containers/") {
      for part in row.split(whereSeparator: { $0 == "/" || $0 == " " }) {
        if part.utf8.count == 64, let id = Self.identity(part) { return id }
      }
    }
    return nil
  }

  /// The id in `docker-{id}.scope`, `cri-containerd-{id}.scope` or `{id}`.
  private static func identity(_ text: Substring) -> String? {
    let name = text.hasSuffix(".scope") ? text.dropLast(6) : text
    let digits = name.utf8.suffix(64)
    guard digits.count == 64, digits.allSatisfy({ Hexadecimal.digit($0) != nil }) else { return nil }
    return String(decoding: digits, as: UTF8.self)
  }

  /// What the pod's manifest hands over by the downward API, under the names that are in use for it.
  private func kubernetes() -> TelemetryResource {
    guard environment["KUBERNETES_SERVICE_HOST"] != nil else { return TelemetryResource() }
    let names: [(attribute: String, variables: [String])] = [
      ("k8s.pod.name", ["K8S_POD_NAME", "POD_NAME", "HOSTNAME"]), ("k8s.pod.uid", ["K8S_POD_UID", "POD_UID"]),
      ("k8s.namespace.name", ["K8S_NAMESPACE_NAME", "POD_NAMESPACE", "NAMESPACE"]),
      ("k8s.node.name", ["K8S_NODE_NAME", "NODE_NAME"]),
      ("k8s.container.name", ["K8S_CONTAINER_NAME", "CONTAINER_NAME"]),
      ("k8s.deployment.name", ["K8S_DEPLOYMENT_NAME"]), ("k8s.cluster.name", ["K8S_CLUSTER_NAME"]),
    ]
    var resource = TelemetryResource()
    for (attribute, variables) in names {
      let value = variables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
      resource[attribute] = value.map { .string($0) }
    }
    if resource["k8s.namespace.name"] == nil {
      let namespace = line("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
      resource["k8s.namespace.name"] = namespace.map { .string($0) }
    }
    return resource
  }

  /// The text of a file of one line.
  private func line(_ path: String) -> String? {
    guard let text = read(path)?.split(separator: "\n").first, !text.isEmpty else { return nil }
    return String(text)
  }
}
