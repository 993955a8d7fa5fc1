import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The loopback ports of the services.
struct Peers: Sendable, ExpressibleByArgument {
  /// The port of each service.
  let ports: [ServiceName: Int]

  init(ports: [ServiceName: Int]) { self.ports = ports }

  init?(argument: String) {
    var ports: [ServiceName: Int] = [:]
    for part in argument.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let name = ServiceName(rawValue: String(pair[0])), let port = Int(pair[1]) else {
        return nil
      }
      ports[name] = port
    }
    self.ports = ports
  }

  /// The form that the command line takes.
  var argument: String {
    ServiceName.allCases.compactMap { name in ports[name].map { "\(name.rawValue)=\($0)" } }.joined(separator: ",")
  }

  /// The address of a service without a path.
  func base(_ name: ServiceName) -> String { "http://127.0.0.1:\(ports[name] ?? 0)" }

  /// A free port for every service, found by binding all of them at once and letting them go again.
  static func onFreePorts() throws(PortSearchFailure) -> Peers {
    var ports: [ServiceName: Int] = [:]
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    for name in ServiceName.allCases {
      guard let (socket, port) = bindFreePort() else { throw PortSearchFailure() }
      sockets.append(socket)
      ports[name] = port
    }
    return Peers(ports: ports)
  }

  private static func bindFreePort() -> (socket: Int32, port: Int)? {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let socket = socket(AF_INET, kind, 0)
    guard socket >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0
      }
    }
    guard found else {
      close(socket)
      return nil
    }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }
}

/// No free loopback port was found.
struct PortSearchFailure: Error, CustomStringConvertible {
  var description: String { "no free port on 127.0.0.1" }
}
