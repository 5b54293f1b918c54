import pytest
from tests.browser import test_belief_section as b
from tests.browser.test_belief_section import gateway
pytestmark = [pytest.mark.browser, pytest.mark.integration]
def test_dlg(windows):
    page = windows.open("/", role="operator")
    page.get_by_role("button", name="Apel nou").click()
    page.get_by_role("button", name="Spusele apelantului").click()
    page.screenshot(path="/tmp/shot-dlg.png")
    print(page.locator("dialog").inner_html()[:3000])
@pytest.mark.parametrize("lang,size",[("ro",(1440,900)),("en",(1440,900)),("ro",(390,844))])
def test_shot(gateway, windows, lang, size, api):
    import json
    n=f"+40700{83 if lang=='ro' else 84}{size[0]:04d}"
    call=b.update(gateway,n,b.BORDER,2500)
    gateway.post(f"/v1/calls/{call['call_id']}/reports",params={"format":"spoken"},content="sunt la bunica, în comuna Zorleni, județul Vaslui")
    page=windows.open("/?lang="+lang,counties=b.BOTH,size=size)
    page.locator(f'[data-incident="{call["incident_number"]}"]').click()
    page.wait_for_timeout(300)
    b.send_report(gateway, json.dumps({"caller":n,"source":"GNSS","shape":{"type":"Circle","center":[27.71,46.27],"radius_m":800},"confidence":0.9}).encode())
    page.wait_for_timeout(900)
    page.locator(".detail").evaluate("e=>e.scrollTo(0,0)")
    page.screenshot(path=f"/tmp/shot-c-{lang}-{size[0]}.png")
    page.locator(".belief-steps").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    page.screenshot(path=f"/tmp/shot-b-{lang}-{size[0]}.png")
    if size[0] > 1000:
        page.locator(".belief-banner button").click()
        page.wait_for_timeout(300)
        page.screenshot(path=f"/tmp/shot-d-{lang}.png")
