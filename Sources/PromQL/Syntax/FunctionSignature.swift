/// The name and the types of a function.
package struct FunctionSignature: Sendable {
  package var name: String
  package var argumentTypes: [ValueType]
  /// How many more arguments than `argumentTypes` may follow, or when negative, any number; the last type repeats.
  /// Zero: exactly those.
  package var variadic: Int
  package var returnType: ValueType

  /// How many of the arguments may be missing: a variadic function's last type is optional.
  package var requiredCount: Int { variadic == 0 ? argumentTypes.count : argumentTypes.count - 1 }

  /// Every function by its name.
  package static let all: [String: FunctionSignature] = {
    var all: [String: FunctionSignature] = [:]
    func declare(_ names: String, _ types: [ValueType], variadic: Int = 0, returns: ValueType = .vector) {
      for name in names.split(separator: " ") {
        all[String(name)] = FunctionSignature(
          name: String(name), argumentTypes: types, variadic: variadic, returnType: returns)
      }
    }
    declare(
      """
      abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count \
      histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh \
      timestamp
      """, [.vector])
    declare(
      """
      absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate \
      last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time \
      stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time \
      ts_of_min_over_time
      """, [.matrix])
    declare("day_of_month day_of_week day_of_year days_in_month hour minute month year", [.vector], variadic: 1)
    declare("clamp", [.vector, .scalar, .scalar])
    declare("clamp_max clamp_min", [.vector, .scalar])
    declare("double_exponential_smoothing", [.matrix, .scalar, .scalar])
    declare("end pi range start step time", [], returns: .scalar)
    declare("histogram_fraction", [.scalar, .scalar, .vector])
    declare("histogram_quantile", [.scalar, .vector])
    declare("histogram_quantiles", [.vector, .string, .scalar, .scalar], variadic: 9)
    declare("info", [.vector, .vector], variadic: 1)
    declare("label_join", [.vector, .string, .string, .string], variadic: -1)
    declare("label_replace", [.vector, .string, .string, .string, .string])
    declare("max_of min_of", [.scalar, .scalar], returns: .scalar)
    declare("predict_linear", [.matrix, .scalar])
    declare("quantile_over_time", [.scalar, .matrix])
    declare("round", [.vector, .scalar], variadic: 1)
    declare("scalar", [.vector], returns: .scalar)
    declare("sort_by_label sort_by_label_desc", [.vector, .string], variadic: -1)
    declare("vector", [.scalar])
    return all
  }()
}
