// TelemetryStorage
