// QueryCore
