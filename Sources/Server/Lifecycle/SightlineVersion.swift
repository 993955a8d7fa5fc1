/// The version of this program, as it names itself.
package enum SightlineVersion {
  package static let text = "0.1.0"
}
