// SightlineSDK
