/// Makes stages of queries ready to run.
enum StageCompiler {
  /// One stage; nil for `unwrap`, which is no stage of its own.
  static func stage(_ stage: PipelineStage, demand: LabelDemand) throws(StageError) -> (any Stage)? {
    switch stage {
    case .lineFilter(let filter): return try LineFilterStage(filter)
    case .json(let extractions):
      return extractions.isEmpty ? JSONStage(demand: demand) : try JSONPathStage(extractions, demand: demand)
    case .logfmt(let isStrict, let keepsEmpty, let extractions):
      return extractions.isEmpty
        ? LogfmtStage(isStrict: isStrict, keepsEmpty: keepsEmpty, demand: demand)
        : try LogfmtFieldStage(extractions, isStrict: isStrict, demand: demand)
    case .regexp(let pattern): return try RegexpStage(pattern, demand: demand)
    case .pattern(let pattern): return try PatternStage(pattern, demand: demand)
    case .unpack: return UnpackStage(demand: demand)
    case .labelFilter(let filter): return try LabelFilterStage(filter)
    case .lineFormat(let template): return try LineFormatStage(template)
    case .labelFormat(let assignments): return try LabelFormatStage(assignments)
    case .decolorize: return try DecolorizeStage()
    case .drop(let selections): return try DropStage(selections)
    case .keep(let selections): return try KeepStage(selections)
    case .unwrap: return nil
    }
  }
}
