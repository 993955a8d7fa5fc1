import FoundationEssentials
import Glibc

/// What the operating system says about this process.
package struct ProcessStatistics: Sendable {
  /// User and system time.
  package let cpuSeconds: Double
  package let residentBytes: Int64
  package let openFiles: Int

  /// Reads `/proc/self`; zeros where it cannot.
  package static func current() -> ProcessStatistics {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    let memory =
      (try? Data(contentsOf: URL(filePath: "/proc/self/statm"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let pages = memory.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    return ProcessStatistics(
      cpuSeconds: cpu, residentBytes: pages * Int64(sysconf(Int32(_SC_PAGESIZE))), openFiles: files)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
