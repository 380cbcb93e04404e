"""An administrator makes an account and gives it a right; the person signs in and changes it."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from .accessibility import violations
from .conftest import ADMIN_KEY, PHONE, WIDE, Visit
from .test_staff_story import OVERFLOW

Visitor = Callable[..., Visit]
READY = "body[data-ready]"
FIRST, OWN = "first password of hers", "a sentence of her own"


@pytest.fixture(autouse=True)
def without_accounts_afterwards(service: str) -> Iterator[None]:
    """End the accounts: as long as there is one, others would be asked for a name first."""
    yield
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    for each in httpx.get(f"{service}/accounts", headers=admin).json()["accounts"]:
        httpx.patch(f"{service}/accounts/{each['id']}", json={"active": False}, headers=admin)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_person_is_given_an_account_a_right_and_takes_a_password(
    visit: Visitor, size: tuple[int, int]
) -> None:
    one = visit(size)
    mark = uuid4().hex[:6]  # tried once more, it finds what the first try made
    page, base, name = one.page, one.base, f"wang{mark}"
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    vault = {"id": f"vault_{mark}", "title": "内部图层"}
    assert httpx.post(f"{base}/collections", json=vault, headers=admin).status_code == 201
    sign_in_as_key(one)
    making = page.locator("#accounts details.more")
    if making.get_attribute("open") is None:
        making.locator("summary").click()
    form = page.locator('#accounts form[data-send="POST"]')
    form.locator('[name="name"]').fill(name)
    form.locator('[name="password"]').fill(FIRST)
    form.get_by_role("button").click()
    expect(page.locator("#accounts")).to_contain_text(name)
    page.wait_for_selector(READY)
    assert page.evaluate(OVERFLOW) <= 0
    assert violations(page) == []

    page.goto(f"{base}/collections/{vault['id']}/rights?f=html")
    page.wait_for_selector(READY)
    page.check('[name="private"]')
    with page.expect_navigation():  # a moment after it says that it is saved
        page.locator("form[data-stay] button").click()
        expect(page.locator("form[data-stay] .note")).to_be_visible()
    page.wait_for_selector(READY)
    expect(page.locator('[name="private"]')).to_be_checked()
    page.locator("li", has_text=name).locator("select").select_option("reader")
    assert page.evaluate(OVERFLOW) <= 0
    assert violations(page) == []
    with page.expect_navigation():
        page.locator("form[data-rights] button").click()
    expect(page.locator("[data-holder] option:checked", has_text="读者")).to_have_count(1)
    assert httpx.get(f"{base}/collections/{vault['id']}").status_code == 404

    page.goto(f"{base}/audit?f=html&action=give-rights")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text(f"{vault['title']} {vault['id']}")
    expect(first).to_contain_text(f"{name}：读者")
    expect(first.locator("code").last).to_contain_text("reader")
    assert page.evaluate(OVERFLOW) <= 0
    assert violations(page) == []

    page.context.clear_cookies()
    takes_a_password(one, name, vault["id"])


def takes_a_password(one: Visit, name: str, collection: str) -> None:
    """Sign in as the person, at the second attempt, and change the password."""
    page, base = one.page, one.base
    page.goto(f"{base}/signin?next=/account")
    page.fill('[name="name"]', name)
    page.fill('[name="password"]', FIRST + "!")
    page.locator("form", has=page.locator('[name="name"]')).get_by_role("button").click()
    expect(page.locator("#refused")).to_contain_text("密码不对")
    assert [fault for fault in one.faults if "401" not in fault] == []
    one.faults.clear()
    page.fill('[name="password"]', FIRST)
    page.locator("form", has=page.locator('[name="name"]')).get_by_role("button").click()
    page.wait_for_url("**/account")
    expect(page.locator(".holders")).to_contain_text(collection)
    assert page.evaluate(OVERFLOW) <= 0
    page.fill('[name="old"]', FIRST)
    page.fill('[name="new"]', OWN)
    page.locator("form[data-stay] button").click()
    expect(page.locator("form[data-stay] .note")).to_be_visible()
    signed = httpx.post(f"{base}/session", json={"name": name, "password": OWN})
    assert signed.status_code == 200


def sign_in_as_key(one: Visit) -> None:
    """Sign in with the first key and open the page of people."""
    one.page.goto(f"{one.base}/signin?next=/people")
    key = one.page.locator("#key")
    if not key.is_visible():
        one.page.locator("summary", has_text="密钥").click()
    key.fill(ADMIN_KEY)
    one.page.locator("#send").click()
    one.page.wait_for_url("**/people")
    one.page.wait_for_selector(READY)
