import { useEffect, useState } from "react";
import { useJSON } from "../../core/answers";
import { groupedCount } from "../../core/format";
import { StatusAnswer } from "../../core/model";
import { refresh } from "../../core/router";
import { ago, millisecondsOf } from "../../core/time";
import { Button, Link, Tabs } from "../../ui/controls";
import { ErrorPanel } from "../../ui/states";
import { copyText } from "../../ui/toast";

interface Rejected {
  items: { source: string; signal: string; reason: string; action: string; count: number; sample: string }[];
}

interface Sources {
  sources: { address: string; user_agent?: string; protocol: string; signal: string; records: number; last_time?: string; last_error?: string }[];
}

/** How to send data, and what has come in so far. */
export default function StartPage(): JSX.Element {
  const status = useJSON<StatusAnswer>("status");
  const sources = useJSON<Sources>("ingest/sources").data;
  const rejected = useJSON<Rejected>("ingest/rejected").data;
  const [tab, setTab] = useState("sdk");
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") refresh();
    }, 2000);
    return () => clearInterval(timer);
  }, []);
  const data = status.data;
  const http = endpoint(data, /http/i, 4318);
  const grpc = endpoint(data, /grpc/i, 4317);
  return (
    <div className="page start">
      {status.error && !data ? <ErrorPanel error={status.error} what="The server's state could not be read" /> : null}
      <section className="card">
        <h2>1 · Point an exporter here</h2>
        <Tabs label="Ways to send" current={tab} onSelect={setTab} tabs={[{ id: "sdk", title: "Any SDK" }, { id: "collector", title: "Collector" }, { id: "curl", title: "curl" }]} />
        <Snippet text={snippets[tab](http, grpc)} />
        <p className="note">OTLP over HTTP at <code>{http}</code>, over gRPC at <code>{grpc}</code>. On this machine no key is needed; elsewhere make one with <code>sightline token create --scope ingest</code>.</p>
      </section>
      <section className="card">
        <h2>2 · Watch it arrive</h2>
        <ul className="arrivals">
          {(["traces", "logs", "metrics"] as const).map((signal) => {
            const newest = millisecondsOf(data?.newest?.[signal]);
            const received = (sources?.sources ?? []).filter((source) => source.signal === signal).reduce((sum, source) => sum + source.records, 0);
            return (
              <li key={signal} className={data?.ever_received[signal] ? "ok" : ""}>
                <b><span aria-hidden="true">{data?.ever_received[signal] ? "●" : "○"}</span> {signal}</b>
                <span>{data?.ever_received[signal] ? `${received > 0 ? `${groupedCount(received)} received` : "received"}${Number.isNaN(newest) ? "" : `, newest ${ago(newest, Date.now())}`}` : "waiting …"}</span>
              </li>
            );
          })}
        </ul>
        {rejected && rejected.items.length > 0 ? (
          <>
            <h3>Not taken as sent</h3>
            <table className="plain-table">
              <thead><tr><th scope="col">Source</th><th scope="col">Signal</th><th scope="col">What</th><th scope="col">Count</th><th scope="col">Example</th></tr></thead>
              <tbody>{rejected.items.slice(0, 8).map((item, index) => <tr key={index}><td>{item.source}</td><td>{item.signal}</td><td>{item.action}: {item.reason.replace(/_/g, " ")}</td><td className="number">{groupedCount(item.count)}</td><td className="cut">{item.sample}</td></tr>)}</tbody>
            </table>
          </>
        ) : null}
      </section>
      <section className="card">
        <h2>3 · Look at it</h2>
        <div className="row wrap">
          <Link className="button primary" to={{ page: "services", id: "" }}>Services</Link>
          <Link className="button plain" to={{ page: "logs", id: "" }}>Logs</Link>
          <Link className="button plain" to={{ page: "traces", id: "" }}>Traces</Link>
          <Link className="button plain" to={{ page: "metrics", id: "" }}>Metrics</Link>
        </div>
        <p className="note">Nothing at hand to send? <code>sightline demo</code> runs a small shop that is instrumented.</p>
        {data ? <p className="note">Sightline {data.version}, {data.durability ? `durability “${data.durability}”, ` : ""}data in <code>{data.data_directory}</code></p> : null}
        {(data?.health ?? []).map((condition) => <p key={condition.condition} className="badge warning">▲ {condition.message}</p>)}
      </section>
    </div>
  );
}

/** The address that a sender uses: the listener's port at the host that this page came from. */
function endpoint(status: StatusAnswer | null, kind: RegExp, fallback: number): string {
  const listener = status?.listeners.find((candidate) => /otlp/i.test(candidate.kind) && kind.test(candidate.kind));
  const port = listener ? listener.address.split(":").pop() : String(fallback);
  return `http://${location.hostname}:${port}`;
}

const snippets: Record<string, (http: string, grpc: string) => string> = {
  sdk: (http) => `export OTEL_EXPORTER_OTLP_ENDPOINT=${http}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_SERVICE_NAME=my-service`,
  collector: (_, grpc) => `exporters:\n  otlp/sightline:\n    endpoint: ${grpc.replace(/^http:\/\//, "")}\n    tls:\n      insecure: true\n\nservice:\n  pipelines:\n    traces:  { exporters: [otlp/sightline] }\n    logs:    { exporters: [otlp/sightline] }\n    metrics: { exporters: [otlp/sightline] }`,
  curl: (http) => `curl ${http}/v1/logs -H 'content-type: application/json' -d '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"hello"}}]},"scopeLogs":[{"logRecords":[{"severityNumber":9,"body":{"stringValue":"hello, Sightline"}}]}]}]}'`,
};

function Snippet({ text }: { text: string }): JSX.Element {
  return (
    <div className="snippet">
      <pre tabIndex={0} aria-label="Text to copy">{text}</pre>
      <Button icon="copy" onClick={() => void copyText(text, "Text")}>Copy</Button>
    </div>
  );
}
