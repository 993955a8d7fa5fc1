/// The page with the switches.
enum ControlPage {
  /// The page for these values.
  static func html(_ values: [Fault: Int]) -> String {
    let rows = Fault.allCases.map { row($0, values[$0] ?? 0) }.joined(separator: "\n")
    return """
      <!doctype html><html lang="en"><meta charset="utf-8"><title>The Shop: faults</title>
      <meta name="viewport" content="width=device-width">
      <style>
      :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
      body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
      form { display: grid; grid-template-columns: 9rem 5rem auto 1fr; gap: .75rem;
        align-items: center; padding: .5rem 0 }
      .on label { font-weight: 700 } .on label::after { content: " ●"; color: #c62828 }
      input, button { font: inherit; padding: .25rem .5rem }
      </style>
      <h1>The Shop</h1><p>Break something, then find it in Sightline.</p>
      \(rows)
      </html>
      """
  }

  private static func row(_ fault: Fault, _ value: Int) -> String {
    let name = fault.rawValue
    return """
      <form method="post" action="/faults" class="\(value > 0 ? "on" : "off")">
      <label for="\(name)">\(name)</label>
      <input id="\(name)" name="\(name)" type="number" min="0" max="\(fault.limit)" value="\(value)">
      <button>set</button><span>\(fault.summary)</span></form>
      """
  }
}
