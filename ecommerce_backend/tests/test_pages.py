import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

PAGES = ["/", "/api/docs/", "/api/redoc/", "/admin/login/", "/nowhere/"]
SITE = Path(__file__).resolve().parent.parent / "static" / "site"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_only_files_that_are_here(browser: Client, path: str) -> None:
    page = browser.get(path).content.decode()

    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', page)
    assert any(address.endswith("site/favicon.svg") for address in loaded)
    for address in loaded:
        assert address.startswith("/static/"), address
        assert finders.find(address.removeprefix("/static/")), address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_script_and_no_style(browser: Client, path: str) -> None:
    page = browser.get(path).content.decode()

    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"\son\w+=", page) == []


def test_the_landing_page_leads_everywhere(browser: Client, settings: Settings) -> None:
    settings.STORE_NAME = "Tea & Cups"
    settings.BASE_URL = "https://tea.example"

    response = browser.get("/")

    page = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Tea &amp; Cups</h1>" in page
    assert "curl &#x27;https://tea.example/api/v1/products/" in page or (
        "curl 'https://tea.example/api/v1/products/" in page
    )
    for address in re.findall(r'<a href="([^"]+)"', page):
        assert browser.get(address, follow=True).status_code == 200, address


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_a_document_reads_the_schema_from_this_shop(browser: Client, path: str) -> None:
    response = browser.get(path)

    assert response.status_code == 200
    assert 'data-schema="/api/v1/schema/"' in response.content.decode()


def test_the_icon_is_found_where_browsers_look(browser: Client) -> None:
    response = browser.get("/favicon.ico")

    assert response.status_code == 302
    assert response["Location"] == "/static/site/favicon.svg"


def test_the_files_of_the_pages_load_nothing_from_elsewhere() -> None:
    files = list(SITE.iterdir())

    assert files
    for file in files:
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text(encoding="utf-8"))
        assert set(addresses) <= {"http://www.w3.org"}, file
