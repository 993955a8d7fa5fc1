import CCrypt
import Glibc

/// Hashes secrets with the system's `crypt` (SHA-512, salted), as passwords in `/etc/shadow` are.
///
/// The secrets are 192 random bits, so the smallest number of rounds suffices: nobody can enumerate them.
enum SecretHash {
  /// A salted hash that `matches` takes; nil when the system refuses the method.
  static func hash(_ secret: String) -> String? {
    let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    let salt = String((0..<16).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    return crypt(secret, setting: "$6$rounds=1000$\(salt)$")
  }

  /// Whether `secret` is the one that was hashed. Compares in constant time.
  static func matches(_ secret: String, hash: String) -> Bool {
    guard let computed = crypt(secret, setting: hash) else { return false }
    let left = Array(computed.utf8)
    let right = Array(hash.utf8)
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }

  private static func crypt(_ secret: String, setting: String) -> String? {
    let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
    unsafe memset(data, 0, MemoryLayout<crypt_data>.size)
    defer { unsafe data.deallocate() }
    guard let result = unsafe crypt_r(secret, setting, data) else { return nil }
    let text = unsafe String(cString: result)
    // libxcrypt reports failure by a string that begins with an asterisk.
    return text.hasPrefix("*") ? nil : text
  }
}
