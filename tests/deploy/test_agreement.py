"""What `warta status` reads out of the score process's /metrics."""

from __future__ import annotations

from deploy.commands.agreement import Agreement, parse, summary

EXPOSITION = """\
# HELP warta_upstream_compared_total Annotations
# TYPE warta_upstream_compared_total counter
warta_upstream_compared_total{field="places",publisher="a.example",result="agree"} 3.0
warta_upstream_compared_total{field="places",publisher="a.example",result="differ"} 1.0
warta_upstream_compared_total{field="sentiment",publisher="b.example",result="differ"} 2.0
warta_upstream_compared_created{field="places",publisher="a.example",result="agree"} 1.7e+09
# HELP warta_records_total Records
# TYPE warta_records_total counter
warta_records_total{outcome="done",stage="score"} 9.0
"""


def test_rows_are_one_a_publisher_and_field() -> None:
    assert parse(EXPOSITION) == [Agreement("a.example", "places", 4, 3), Agreement("b.example", "sentiment", 2, 0)]


def test_the_summary_takes_all_publishers_together() -> None:
    assert summary(parse(EXPOSITION)) == "sentiment 0% of 2, places 75% of 4"
    assert summary([]) == ""
