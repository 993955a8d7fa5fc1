// TelemetryWire
