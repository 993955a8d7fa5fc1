// TelemetryEncoding
