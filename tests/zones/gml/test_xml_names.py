import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.gml.safe_xml import parse_xml
from zones.gml.xml_names import feature_id, fid_of, plain_name, xml_name


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12))
def test_any_name_is_one_of_xml_and_comes_back(name: str) -> None:
    written = xml_name(name)
    assert parse_xml(f"<{written}/>".encode()).tag == written
    assert plain_name(written) == name


@pytest.mark.parametrize("name", ["_x0020_", "a_x0041_b", "_x005F_x0020_"])
def test_a_name_that_looks_written_already_comes_back(name: str) -> None:
    assert plain_name(xml_name(name)) == name


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12))
def test_a_features_id_comes_back_from_that_of_its_resource(fid: str) -> None:
    assert fid_of("parcels 2024", feature_id("parcels 2024", fid)) == fid
    assert fid_of("others", feature_id("parcels 2024", fid)) is None
