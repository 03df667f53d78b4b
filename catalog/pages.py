"""The pages behind the links in mails to guests, for shops whose storefront has none of its own."""

from typing import Any

from catalog.services import guests_in_line
from users.pages import AccountPage, LinkForm


class JoinLinePage(AccountPage):
    """/account/back-in-stock/: be told once when something is back."""

    form = LinkForm
    title = "Tell me when it is back"
    button = "Tell me once"
    done = "You will get one mail when it can be ordered again."

    def act(self, **fields: Any) -> None:
        guests_in_line.confirm(**fields)


class LeaveLinesPage(AccountPage):
    """/account/leave-lines/: be told nothing any more."""

    form = LinkForm
    title = "Write to me no more"
    button = "Take me out of every line"
    done = "You are in no line any more, and your address is deleted from all of them."

    def act(self, **fields: Any) -> None:
        guests_in_line.leave(**fields)
