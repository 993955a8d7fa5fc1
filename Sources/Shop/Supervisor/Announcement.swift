#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a line to standard output at once, also when it is a pipe that another program reads.
func announce(_ line: String) {
  print(line)
  fflush(nil)
}
