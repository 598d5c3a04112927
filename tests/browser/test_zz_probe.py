from tests.browser.steps import *
from tests.browser.conftest import sign_in
def test_probe(open_context, portal, watch):
    watch.expect(".")
    context = open_context()
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });")
    page = sign_in(context.new_page(), "koordinator.tanahbumbu")
    pk = open_indicator(page, "16")
    context.set_offline(True)
    note(page, "16.6").fill("tanpa https")
    print(page.evaluate("JSON.stringify(localStorage)"))
    page.goto("about:blank")
    context.set_offline(False)
    page.goto("/akun/masuk/")
    print(page.url, page.evaluate("JSON.stringify(localStorage)"))
    page.goto(f"/evaluasi/{pk}/indikator/16/")
    page.wait_for_timeout(500)
    print(page.evaluate("JSON.stringify(localStorage)"), page.evaluate("String(navigator.locks)"))
    print(watch.complaints)
