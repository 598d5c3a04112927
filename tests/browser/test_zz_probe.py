from tests.browser.steps import *
def test_probe(page_as, portal, watch):
    watch.expect(".")
    page = page_as("koordinator.tanahbumbu")
    page.add_init_script("window.__n=0")
    open_indicator(page, "14")
    n=[]
    page.on("request", lambda r: n.append((r.post_data)) if r.method=="POST" else None)
    number(page, "14.2", "numerator").fill("4620")
    number(page, "14.2", "denominator").fill("4508")
    number(page, "14.2", "denominator").blur()
    page.wait_for_timeout(1000)
    print(n[:5], len(n))
    print(page.evaluate("JSON.stringify(localStorage)"))
    page.close()
