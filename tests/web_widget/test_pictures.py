"""One picture of each state, on phones and a laptop, light and dark, for people to look at: tests/artifacts/widget."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web_widget.wire import Wire, reply

pytestmark = pytest.mark.browser

SCREENS = {
    "phone": {"width": 390, "height": 844, "color_scheme": "light"},
    "phone-dark": {"width": 390, "height": 844, "color_scheme": "dark"},
    "small": {"width": 320, "height": 568, "color_scheme": "light"},
    "laptop": {"width": 1280, "height": 800, "color_scheme": "light"},
    "laptop-dark": {"width": 1280, "height": 800, "color_scheme": "dark"},
}

ANSWERS = {
    "my son gets out of HMP Kilmarnock on Friday and I'm scared he'll use": [
        reply("You said your son gets out of HMP Kilmarnock on Friday. That is 5 days away."),
        reply(
            "Time away from drugs lowers what a body can take. The first days at home are the riskiest. "
            "A naloxone kit in the house can save his life, and Scottish Families can post you one free."
        ),
        reply(
            "Shall I ask a few short questions about what would help?",
            quick_replies=("OK", "Not now", "Talk to a person"),
        ),
    ],
}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_has_its_picture(visitor, wire: Wire, artifacts: Path, screen: str) -> None:
    wire.answer = lambda text: ANSWERS.get(text, [reply("Thank you for telling me.")])
    me = visitor(**SCREENS[screen], reduced_motion="reduce").visit()

    def picture(state: str) -> None:
        file = artifacts / f"{screen}-{state}.png"
        me.page.screenshot(path=file)
        assert file.stat().st_size > 5_000

    me.page.screenshot(path=artifacts / f"{screen}-0-page.png", full_page=True)
    picture("1-closed")
    me.page.goto(f"{me.address}/missing")
    me.page.screenshot(path=artifacts / f"{screen}-0-error-page.png")
    me.visit()
    me.launcher.click()
    picture("2-first-visit")
    me.button("Someone isn't breathing").click()
    picture("2-steps-before-anything")
    me.button("Back to the chat").click()
    me.send("my son gets out of HMP Kilmarnock on Friday and I'm scared he'll use")
    me.button("Talk to a person").wait_for()
    picture("3-answered")
    wire.wait_for_socket()
    wire.give_to("queue", position=2)
    wire.say("service", "Helpline officers know that you are here. You are number 2. It may take about 10 minutes.")
    me.says("number 2 in the queue").wait_for()
    picture("4-waiting")
    wire.give_to("officer", officer="Calum")
    wire.say("officer", "Hello, I'm Calum from the helpline. I have read what you wrote.", name="Calum")
    wire.say("officer", "How are you doing tonight?", name="Calum")
    wire.officer_types("Calum")
    me.says("Calum is writing").wait_for()
    picture("5-officer-here")
    me.button("More choices").click()
    me.button("Delete this chat").click()
    picture("6-choices")
    me.button("Fewer choices").click()
    wire.refusals = [(413, {"status": 413, "detail": "That is very long for one message. Send it in two parts."})]
    me.send("It all began when he was fifteen and I still don't know what I could have done")
    me.says("This was not sent.").wait_for()
    picture("6-error")
    me.button("Try again").click()
    me.box.fill("")
    wire.say("service", "CALL 999 NOW. Ask for an ambulance. Put the phone on speaker. Stay with them.")
    wire.say("service", "Are they breathing?", quick_replies=("Yes", "No", "Not sure"))
    me.button("Not sure").wait_for()
    picture("7-danger")
    me.context.set_offline(True)
    me.send("he's no breathin")
    me.says("Not sent yet").wait_for()
    picture("8-connection-lost")
    me.button("Someone isn't breathing").click()
    picture("9-step")
    me.button("No").click()
    me.button("Yes").click()
    picture("9-step-naloxone")
