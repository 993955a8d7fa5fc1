import Tracing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the process uses, by the `process.*` conventions. Memory, threads and files are known on Linux only.
struct ProcessMetrics: Sendable {
  private let startNanoseconds = DefaultTracerClock.now.nanosecondsSinceEpoch

  /// The points now; always cumulative.
  func collect() -> [MetricSnapshot] {
    let now = DefaultTracerClock.now.nanosecondsSinceEpoch
    var metrics = [
      gauge(
        "process.uptime", "s", "The time the process has been running.", .double(Double(now - startNanoseconds) * 1e-9),
        now)
    ]
    var usage = rusage()
    // 0 is RUSAGE_SELF, whose type differs between the C libraries.
    if getrusage(0, &usage) == 0 { metrics += resources(usage, now) }
    #if os(Linux)
      if let memory = SystemFile.text("/proc/self/statm")?.split(separator: " ").prefix(2).compactMap({ Int64($0) }),
        memory.count == 2
      {
        let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))
        metrics.append(
          sum("process.memory.usage", "By", "Physical memory in use.", [([], .int(memory[1] &* pageSize))], now))
        metrics.append(
          sum("process.memory.virtual", "By", "Committed virtual memory.", [([], .int(memory[0] &* pageSize))], now))
      }
      if let count = SystemFile.entryCount("/proc/self/task") {
        metrics.append(
          sum("process.thread.count", "{thread}", "Threads of the process.", [([], .int(Int64(count)))], now))
      }
      if let count = SystemFile.entryCount("/proc/self/fd") {
        metrics.append(
          sum(
            "process.open_file_descriptor.count", "{file_descriptor}", "Open file descriptors.",
            [([], .int(Int64(count)))], now))
      }
    #endif
    return metrics
  }

  private func resources(_ usage: rusage, _ now: UInt64) -> [MetricSnapshot] {
    func seconds(_ time: timeval) -> NumberPoint.Number {
      .double(Double(time.tv_sec) + Double(time.tv_usec) * 1e-6)
    }
    func count(_ value: Int) -> NumberPoint.Number { .int(Int64(value)) }
    return [
      sum(
        "process.cpu.time", "s", "CPU time by mode.",
        [
          ([("cpu.mode", "user")], seconds(usage.ru_utime)), ([("cpu.mode", "system")], seconds(usage.ru_stime)),
        ], now, isMonotonic: true),
      sum(
        "process.context_switches", "{context_switch}", "Context switches by type.",
        [
          ([("process.context_switch.type", "voluntary")], count(usage.ru_nvcsw)),
          ([("process.context_switch.type", "involuntary")], count(usage.ru_nivcsw)),
        ], now, isMonotonic: true),
      sum(
        "process.paging.faults", "{fault}", "Page faults by type.",
        [
          ([("system.paging.fault.type", "minor")], count(usage.ru_minflt)),
          ([("system.paging.fault.type", "major")], count(usage.ru_majflt)),
        ], now, isMonotonic: true),
    ]
  }

  private func gauge(
    _ name: String, _ unit: String, _ description: String, _ value: NumberPoint.Number, _ now: UInt64
  ) -> MetricSnapshot {
    let point = NumberPoint(attributes: [], startNanoseconds: 0, timeNanoseconds: now, number: value)
    return MetricSnapshot(name: name, unit: unit, description: description, data: .gauge([point]))
  }

  private func sum(
    _ name: String, _ unit: String, _ description: String, _ values: [(PointAttributes, NumberPoint.Number)],
    _ now: UInt64, isMonotonic: Bool = false
  ) -> MetricSnapshot {
    let points = values.map { attributes, number in
      NumberPoint(
        attributes: attributes, startNanoseconds: startNanoseconds, timeNanoseconds: now, number: number)
    }
    return MetricSnapshot(
      name: name, unit: unit, description: description,
      data: .sum(points, temporality: .cumulative, isMonotonic: isMonotonic))
  }
}
