"""The manual: whole in both languages, every link alive, safe, and reached from everywhere."""

import re
from typing import get_args

import pytest
from starlette.testclient import TestClient

from app.help.contents import book
from app.help.formats_page import FOLDER as FORMATS
from app.help.formats_page import format_notes
from app.help.markdown import read_markdown
from app.help.settings_table import CHINESE
from app.pages.assets import OWN_DIR
from app.pages.help_topics import topic_of_problem, topic_of_template
from app.settings import Settings
from tests.app.conftest import Serve
from tests.paths import ROOT
from zones.export.export_options import KEYS
from zones.formats.supported_formats import REFUSED
from zones.messages import Lang, catalogue
from zones.source.file_findings import FormatName

LANGS: tuple[Lang, ...] = ("zh", "en")
PAGES = [(lang, page.id) for lang in LANGS for page in book(lang).pages()]
NEXT = r'rel="next" href="/help/([a-z0-9-]+)'
LONGEST = {"zh": 2_600, "en": 5_000}
"""Characters of a page that is still short; the table of all settings is no reading."""


def test_both_languages_have_the_same_pages_and_parts() -> None:
    one, other = (
        [(part.id, [page.id for page in part.pages]) for part in book(lang).parts] for lang in LANGS
    )
    assert one == other


def test_every_file_is_a_page_and_every_picture_is_shown() -> None:
    folder = ROOT / "app" / "help" / "pages"
    for lang in LANGS:
        listed = {page.id for part in book(lang).parts for page in part.listed}
        assert {path.stem for path in (folder / lang).glob("*.md")} == listed
        shown = {
            name
            for path in (folder / lang).glob("*.md")
            for name in re.findall(rf"img/help/{lang}/([\w-]+)\.webp", path.read_text("utf-8"))
        }
        assert {path.stem for path in (OWN_DIR / "img" / "help" / lang).iterdir()} == shown


def test_each_page_leads_to_the_next_up_to_the_last(client: TestClient) -> None:
    pages = [page.id for page in book("zh").pages()]
    walked = [pages[0]]
    while following := re.search(NEXT, client.get(f"/help/{walked[-1]}?lang=zh").text):
        walked.append(following[1])
    assert walked == pages


@pytest.mark.parametrize(("lang", "page_id"), PAGES)
def test_a_page_is_served_and_its_links_lead_somewhere(
    client: TestClient, lang: Lang, page_id: str
) -> None:
    answer = client.get(f"/help/{page_id}?lang={lang}")
    assert answer.status_code == 200
    html = answer.text
    assert html.count("<h1") == 1
    assert "127.0.0.1:8000" not in html
    article = html[html.index("<article") : html.index("</article>")]
    for address in re.findall(r'(?:href|src)="(/[^"#]*)', article):
        found = client.get(address.replace("&amp;", "&"), headers={"Accept": "text/html"})
        assert found.status_code == 200, address
    assert not re.search(r'(?:href|src)="(?:at:|asset:)', html)


@pytest.mark.parametrize(("lang", "page_id"), PAGES)
def test_fragments_are_headings_of_the_page(client: TestClient, lang: Lang, page_id: str) -> None:
    html = client.get(f"/help/{page_id}?lang={lang}").text
    for fragment in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{fragment}"' in html


@pytest.mark.parametrize("lang", LANGS)
def test_pages_are_short(lang: Lang) -> None:
    for page in book(lang).pages():
        if page.id != "settings":
            length = sum(len(section.text) for section in page.text.sections)
            assert 100 < length < LONGEST[lang], page.id


def test_examples_have_the_address_by_which_the_client_came(client: TestClient) -> None:
    html = client.get("/help/qgis", headers={"Host": "plan.example:8443"}).text
    assert "http://plan.example:8443/collections/zones/tiles" in html


def test_behind_a_folder_links_stay_below_it(serve: Serve) -> None:
    html = serve(public_url="https://example.org/zones").get("/help/upload?lang=zh").text
    assert 'href="/zones/help/decide?lang=zh"' in html
    assert 'src="/zones/assets/own/' in html
    assert "https://example.org/zones/collections/parcels/imports" in html


def test_raw_html_in_a_text_is_shown_as_text() -> None:
    page = read_markdown("# A\n\n<script>alert(1)</script> [x](javascript:alert(1))\n")
    assert "<script" not in page.html
    assert 'href="javascript' not in page.html


@pytest.mark.parametrize("address", ["other/page.md", "../README.md", "page.html"])
def test_a_link_that_leads_nowhere_is_a_fault_of_the_text(address: str) -> None:
    with pytest.raises(ValueError, match="leads to no page"):
        read_markdown(f"# A\n\n[x]({address})\n")


def test_what_the_search_reads_holds_every_section(client: TestClient) -> None:
    sections = client.get("/help/search?lang=zh").json()
    assert {section["page"] for section in sections} == {page.id for page in book("zh").pages()}
    assert any("GCJ-02" in section["text"] for section in sections)
    tag = client.get("/help/search?lang=zh").headers["etag"]
    again = client.get("/help/search?lang=zh", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_an_unknown_page_is_said_to_be_none(client: TestClient) -> None:
    answer = client.get("/help/none")
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("手册中没有")


def test_the_manual_needs_no_key_where_reading_does(serve: Serve) -> None:
    client = serve(public_read=False)
    assert client.get("/help/sign-in").status_code == 200
    assert client.get("/problems/key-missing").status_code == 200
    assert client.get("/helpless").status_code == 401


def test_every_problem_leads_to_a_page_of_the_manual() -> None:
    known = {page.id for page in book("zh").pages()}
    assert {topic_of_problem(code) for code in catalogue()} <= known


def test_the_type_of_a_problem_leads_to_the_fitting_page(client: TestClient) -> None:
    explained = client.get("/problems/ask-crs", headers={"Accept": "text/html"})
    assert 'href="/help/decide"' in explained.text
    assert client.get("/problems/ask-crs").json()["help"].endswith("/help/decide")
    refused = client.get("/collections/none", headers={"Accept": "text/html"})
    assert refused.status_code == 404
    assert 'href="/help/' in refused.text


def templates() -> list[str]:
    """Return the pages that have the bar."""
    folder = ROOT / "app" / "web" / "templates"
    return sorted(
        path.name
        for path in folder.glob("*.html")
        if not path.name.startswith("_") and path.stem not in {"base", "data_base"}
    )


@pytest.mark.parametrize("template", templates())
def test_every_page_has_its_page_of_the_manual(template: str) -> None:
    assert book("zh").find(topic_of_template(template)) is not None


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("/map", "find-a-place"),
        ("/locate", "find-a-place"),
        ("/plan", "conflicts"),
        ("/plan/zone-manrong", "certainty"),
        ("/upload", "upload"),
        ("/collections/zones/revisions", "history"),
        ("/collections/zones/export", "export"),
        ("/docs", "locate-api"),
    ],
)
def test_the_bar_leads_to_what_the_manual_says_of_the_page(
    client: TestClient, path: str, topic: str
) -> None:
    html = client.get(path, headers={"Accept": "text/html"}).text
    assert f'href="/help/{topic}"' in html


def test_every_format_is_described() -> None:
    imported = [name for notes in format_notes() for name in notes.imports]
    exported = [name for notes in format_notes() for name in notes.exports]
    known = get_args(FormatName)
    assert sorted(imported) == sorted(known), f"describe it in {FORMATS.relative_to(ROOT)}"
    assert sorted(exported) == sorted(KEYS)


@pytest.mark.parametrize("lang", LANGS)
def test_every_closed_format_stands_on_the_page_with_the_way_out(lang: Lang) -> None:
    page = book(lang).find("formats")
    assert page is not None
    refused = {
        suffix for code, each in REFUSED if not code.endswith("-in-parts") for suffix in each
    }
    named = set(re.findall(r"(?<!\w)\.\w+", page.text.sections[-1].text))
    assert not refused - named


@pytest.mark.parametrize("notes", format_notes(), ids=lambda notes: notes.id)
def test_a_format_says_as_much_in_both_languages(notes: object) -> None:
    words = notes.words  # type: ignore[attr-defined]  # a module of ours
    assert words["zh"].keys() == words["en"].keys()
    for heading in ("read", "decided", "lost", "written"):
        assert len(words["zh"].get(heading, ())) == len(words["en"].get(heading, ())), heading


def test_every_setting_is_described_in_chinese() -> None:
    named = re.findall(r"^(\w+) = ", CHINESE.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(Settings.model_fields)
    page = book("zh").find("settings")
    assert page is not None
    assert all(f"ZONES_{name.upper()}" in page.text.html for name in named)
    assert str(ROOT) not in page.text.html


def test_no_sentence_of_the_manual_is_said_twice_in_the_contents() -> None:
    for lang in LANGS:
        summaries = [page.text.summary for page in book(lang).pages()]
        assert len(set(summaries)) == len(summaries)
        assert all(summaries)


def test_texts_name_no_machine() -> None:
    for path in (ROOT / "app" / "help").rglob("*"):
        if path.suffix in {".md", ".toml"}:
            assert not re.search(r"/(?:home|root|work)/", path.read_text(encoding="utf-8"))
