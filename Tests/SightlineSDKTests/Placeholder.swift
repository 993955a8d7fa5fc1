@testable import SightlineSDK
