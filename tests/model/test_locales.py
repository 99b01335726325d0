"""The locale map: explicit, both ways, verbatim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.errors import NeedsOperator
from wordferry.model.locales import LocaleMap

codes = st.text(min_size=1, max_size=6)


@given(st.dictionaries(codes, codes))
def test_both_ways_or_not_at_all(table: dict[str, str]) -> None:
    """A map leads there and back for every code; one that could not is refused when it is made."""
    if len(set(table.values())) < len(table):
        with pytest.raises(NeedsOperator):
            LocaleMap(table)
        return
    locales = LocaleMap(table)
    assert [locales.to_ours(locales.to_vendor(ours)) for ours in locales] == list(table)
    assert locales.table() == table
    assert len(locales) == len(table)


def test_codes_are_not_normalised() -> None:
    """Codes that differ in case or separator only are different codes."""
    locales = LocaleMap({"zh-CN": "zh_cn", "zh-cn": "zh-CN", "zh": "zh_CN"})
    assert locales.to_ours("zh_cn") == "zh-CN"
    assert locales.to_ours("zh-cn") is None


def test_collision_names_both() -> None:
    """Two of our locales with one code of the vendor are refused, and both are named."""
    with pytest.raises(NeedsOperator, match=r"'de'.*'at'"):
        LocaleMap({"de": "de", "at": "de"}, where="[route.docs]")


@pytest.mark.parametrize("table", [{"": "de"}, {"de": ""}])
def test_empty_codes_are_refused(table: dict[str, str]) -> None:
    """An empty code is a mistake, said where it stands."""
    with pytest.raises(NeedsOperator, match="empty"):
        LocaleMap(table)


def test_unknown_locale_says_where_the_map_stands() -> None:
    """A locale that is not mapped is the operator's: the error names it and the map."""
    with pytest.raises(NeedsOperator) as caught:
        LocaleMap({"de": "de"}, where="[route.docs] locales").to_vendor("fr")
    assert "'fr'" in caught.value.what
    assert caught.value.object == "[route.docs] locales"
