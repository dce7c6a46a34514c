from __future__ import annotations

from collections import Counter

import pytest

from stream_agents.tagging.gazetteer import fold, gazetteer

#: Latitude and longitude each province lies in (degrees, with half a degree to spare), from public atlases.
BOXES = {
    "11": (2, 6.5, 95, 98.5), "12": (-1, 4.5, 97, 100.6), "13": (-3.5, 1, 98.5, 102),
    "14": (-1.5, 3, 100, 104), "15": (-3, -0.5, 101, 105), "16": (-5, -1.5, 102, 106.5),
    "17": (-5.6, -2, 101, 104), "18": (-6.2, -3.5, 103.4, 106.2), "19": (-3.6, -1.3, 105, 108.6),
    "21": (-1.5, 5, 103, 109.5), "31": (-6.5, -5, 106.3, 107.1), "32": (-8, -5.8, 106.3, 109),
    "33": (-8.4, -5.6, 108.5, 111.8), "34": (-8.3, -7.4, 110, 110.9), "35": (-8.9, -5.3, 110.8, 116.5),
    "36": (-7.1, -5.7, 105, 106.9), "51": (-9, -7.9, 114.3, 115.8), "52": (-9.2, -8, 115.7, 119.4),
    "53": (-11.2, -7.8, 118.8, 125.3), "61": (-3.2, 2.2, 108, 114.3), "62": (-3.7, 0.9, 110.6, 116),
    "63": (-5, -1.2, 114, 117.5), "64": (-2.6, 2.7, 113.7, 119.2), "65": (0.9, 4.6, 114.4, 118.2),
    "71": (0.1, 5.7, 122.9, 127.3), "72": (-3.8, 1.5, 119.2, 124.3), "73": (-7.6, -1.7, 118.6, 122),
    "74": (-6.6, -2.6, 120.7, 124.8), "75": (0, 1.2, 121, 123.7), "76": (-3.7, -0.7, 118.5, 119.9),
    "81": (-8.5, -2.3, 125.5, 135.2), "82": (-2.6, 3, 124, 129.2), "91": (-4, 0.2, 134.5, 141.2),
    "92": (-4.6, -0.4, 132, 135.2), "93": (-9.3, -4.6, 137.4, 141.2), "94": (-5.1, -2.7, 134.7, 138.4),
    "95": (-5.3, -3, 137.7, 141.2), "96": (-2.6, 0.8, 129, 133.2),
}  # fmt: skip


def test_all_38_provinces_and_514_units_are_there() -> None:
    levels = Counter(region.level for region in gazetteer().regions.values())
    assert levels["province"] == 38
    assert (levels["regency"], levels["city"]) == (416, 98)
    assert levels["district"] > 7000


def test_every_province_and_unit_has_a_point_inside_its_province() -> None:
    regions = gazetteer()
    wanted = {code for code in regions.regions if len(code) <= 5}
    assert set(regions.centroids) == wanted
    for code, (lat, lon) in regions.centroids.items():
        south, north, west, east = BOXES[code[:2]]
        assert south <= lat <= north, code
        assert west <= lon <= east, code


def test_no_two_units_of_one_province_stand_on_one_point() -> None:
    points = Counter((code[:2], point) for code, point in gazetteer().centroids.items() if len(code) == 5)
    twins = [point for point, count in points.items() if count > 1]
    assert twins == []


def test_every_name_in_the_tables_leads_to_a_region() -> None:
    regions = gazetteer()
    for table in (regions.units, regions.police, regions.courts, regions.inside):
        for name, codes in table.items():
            assert codes, name
            assert set(codes) <= set(regions.regions), name
    assert regions.common >= regions.cue_only
    assert regions.common <= set(regions.units)


def test_26_names_are_both_regency_and_city() -> None:
    doubled = {name for name, codes in gazetteer().units.items() if len(codes) == 2}
    assert len(doubled) == 26


@pytest.mark.parametrize(
    ("code", "title"),
    [("32.11", "Kab. Sumedang"), ("32.71", "Kota Bogor"), ("31.74", "Kota Jakarta Selatan"), ("32", "Jawa Barat")],
)
def test_names_are_shown_as_papers_write_them(code: str, title: str) -> None:
    assert gazetteer().regions[code].title == title


def test_folding() -> None:
    assert fold(" Toli-Toli ") == "toli toli"
