"""Spans of a real process built on the SDK are counted at a receiver that goes away, comes back, resets and refuses.

The receiver reads OTLP with OpenTelemetry's own protobuf classes and keeps the numbers of the spans it acknowledged.
"""

import json
import os
import pathlib
import subprocess
import time

import pytest

from otlp_receiver import Receiver

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SDK_BENCHMARKS_BINARY", str(ROOT / ".build/release/sdk-benchmarks"))


@pytest.fixture(scope="module", autouse=True)
def built():
    if not os.path.exists(BINARY):
        pytest.fail(f"{BINARY} is not built: script/build makes it")


def load(receiver, *arguments, **environment):
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "PATH": os.environ["PATH"],
        **environment,
    }
    return subprocess.Popen([BINARY, "load", *map(str, arguments)], env=settings, stdout=subprocess.PIPE, text=True)


def counts(process, timeout=120):
    output, _ = process.communicate(timeout=timeout)
    return json.loads(output) if output.strip() else None


def test_an_outage_under_load_loses_nothing_that_ring_and_disk_can_hold(tmp_path):
    receiver = Receiver().start()
    process = load(
        receiver, "--spans", 12000, "--rate", 2000, "--linger", 300,
        SIGHTLINE_SDK_BUFFER_DIRECTORY=str(tmp_path), OTEL_EXPORTER_OTLP_COMPRESSION="zstd",
    )
    time.sleep(1)
    receiver.stop()
    time.sleep(3)
    receiver.start()
    result = counts(process)
    assert result["offered"] == 12000 and result["dropped"] == {}
    assert result["exported"] + result["buffered"] == 12000
    # What is left on disk goes out with the next process.
    again = counts(load(receiver, "--spans", 1, "--first", 12000, "--linger", 2000,
                        SIGHTLINE_SDK_BUFFER_DIRECTORY=str(tmp_path)))
    assert again["recovered"] == result["buffered"]
    numbers = receiver.numbers
    assert set(numbers) == set(range(12001))
    assert receiver.encodings == {"zstd", None}
    assert list(tmp_path.iterdir()) == []
    receiver.stop()


def test_without_a_disk_the_ring_is_kept_and_every_other_drop_is_counted():
    receiver = Receiver().start()
    receiver.stop()
    process = load(receiver, "--spans", 6000, "--rate", 6000, "--linger", 1500, OTEL_BSP_MAX_QUEUE_SIZE="1000",
                   OTEL_BSP_MAX_EXPORT_BATCH_SIZE="200")
    time.sleep(1.7)
    receiver.start()
    result = counts(process)
    assert result["offered"] == 6000
    assert result["exported"] + result["dropped"]["queue_full"] == 6000
    assert result["exported"] >= 1000 and list(result["dropped"]) == ["queue_full"]
    assert len(receiver.numbers) == result["exported"]
    assert set(range(1000)) <= set(receiver.numbers)
    receiver.stop()


def test_resets_and_refusals_for_a_while_lose_nothing():
    receiver = Receiver(script=["reset", 429, 503, 200, 502, "reset"]).start()
    result = counts(load(receiver, "--spans", 1500, "--rate", 3000, "--linger", 12000,
                         OTEL_EXPORTER_OTLP_COMPRESSION="gzip"))
    assert result["exported"] == 1500 and result["dropped"] == {}
    assert set(receiver.numbers) == set(range(1500))
    assert receiver.encodings == {"gzip"}
    receiver.stop()


@pytest.mark.parametrize("end", ["shutdown", "exit"])
def test_a_process_that_ends_50_ms_after_its_last_span_loses_nothing(end):
    receiver = Receiver().start()
    process = load(receiver, "--spans", 700, "--rate", 100000, "--linger", 50, "--end", end,
                   OTEL_BSP_SCHEDULE_DELAY="60000")
    counts(process)
    assert process.returncode == 0
    assert set(receiver.numbers) == set(range(700))
    receiver.stop()


def test_a_process_that_ends_while_the_receiver_is_away_leaves_its_spans_to_the_next_one(tmp_path):
    receiver = Receiver().start()
    receiver.stop()
    settings = {"SIGHTLINE_SDK_BUFFER_DIRECTORY": str(tmp_path)}
    started = time.monotonic()
    process = load(receiver, "--spans", 700, "--rate", 100000, "--linger", 50, "--end", "exit", **settings)
    counts(process)
    assert time.monotonic() - started < 30
    receiver.start()
    result = counts(load(receiver, "--spans", 5, "--first", 700, "--linger", 1000, **settings))
    assert result["recovered"] == 700
    assert set(receiver.numbers) == set(range(705))
    receiver.stop()


def test_a_killed_process_keeps_what_had_reached_the_disk(tmp_path):
    receiver = Receiver().start()
    receiver.stop()
    settings = {"SIGHTLINE_SDK_BUFFER_DIRECTORY": str(tmp_path)}
    process = load(receiver, "--spans", 2000, "--rate", 4000, "--linger", 2500, "--end", "kill", **settings)
    counts(process)
    assert process.returncode == -9
    receiver.start()
    result = counts(load(receiver, "--spans", 1, "--first", 2000, "--linger", 1000, **settings))
    assert result["recovered"] == 2000
    assert set(receiver.numbers) == set(range(2001))
    receiver.stop()
