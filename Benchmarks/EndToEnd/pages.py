"""Opens the pages of a running server in a fresh browser window each and prints when their largest part was painted.

    python pages.py [--url http://127.0.0.1:4319] [--window "from=now-1h&to=now"] [--rounds 5] [--chromium /usr/bin/chromium]

One JSON line a page: wall milliseconds until the largest contentful paint (LCP) of each round, their median, and the CPU milliseconds of
the page's main thread until everything that was asked had come. The first round of a page warms the server and is left out.
"""
import argparse
import json
import statistics

from playwright.sync_api import sync_playwright

PAGES = {
    "services": "services?{window}",
    "logs": "logs?{window}",
    "traces": "traces?{window}",
    "metrics": "metrics?{window}",
    "promql": "metrics?{window}&q=sum%20by%20(service_name)%20(rate(http_server_request_duration_seconds_count%5B5m%5D))",
    "logql": "logs?{window}&lang=logql&q=%7Bservice_name%3D~%22.%2B%22%7D",
    "traceql": "traces?{window}&lang=traceql&q=%7B%20kind%20%3D%20server%20%7D",
}

LARGEST = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


def opened(browser, address):
    """LCP and main-thread CPU of one visit, with nothing in the browser's cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    largest = page.evaluate(LARGEST)
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    return round(largest), round(1000 * metrics["TaskDuration"])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--url", default="http://127.0.0.1:4319")
    arguments.add_argument("--window", default="from=now-1h&to=now")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--chromium", default="/usr/bin/chromium")
    options = arguments.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for name, path in PAGES.items():
            address = f"{options.url}/ui/{path.format(window=options.window)}"
            visits = [opened(browser, address) for _ in range(options.rounds + 1)][1:]
            print(json.dumps({"page": name, "lcp_ms": [lcp for lcp, _ in visits], "median_lcp_ms": round(statistics.median(lcp for lcp, _ in visits)),
                              "main_thread_ms": round(statistics.median(cpu for _, cpu in visits))}), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
