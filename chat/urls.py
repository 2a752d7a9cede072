"""The pages, by noun."""

from __future__ import annotations

from django.urls import path

from chat.views import (
    accounts,
    appearance,
    conversations,
    history,
    links,
    messages,
    panel,
    people,
    receipts,
)

urlpatterns = [
    path("", conversations.new, name="new"),
    path("c/<uuid:pk>/", conversations.show, name="conversation"),
    path("c/<uuid:pk>/title/", conversations.title, name="title"),
    path("c/<uuid:pk>/branch/", conversations.branch, name="branch"),
    path("c/<uuid:pk>/deletion/", conversations.deletion, name="deletion"),
    path("c/<uuid:pk>/restoration/", conversations.restoration, name="restoration"),
    path("history/", history.index, name="history"),
    path("messages/<int:pk>/source/", messages.source, name="source"),
    path("panel/", panel.panel, name="panel"),
    path("theme/", appearance.theme, name="theme"),
    path("turns/<int:pk>/receipt/", receipts.show, name="receipt"),
    path("turns/<int:pk>/receipt.json", receipts.download, name="receipt_json"),
    path("welcome/<str:token>/", links.welcome, name="welcome"),
    path("reset/<str:token>/", links.reset, name="reset"),
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.password, name="password"),
    path("people/", people.people, name="people"),
    path("people/invitations/", people.invitations, name="invitations"),
    path(
        "people/invitations/<int:pk>/revocation/",
        people.invitation_revocation,
        name="invitation_revocation",
    ),
    path("people/<int:pk>/deactivation/", people.deactivation, name="deactivation"),
    path("people/<int:pk>/reactivation/", people.reactivation, name="reactivation"),
    path("people/<int:pk>/promotion/", people.promotion, name="promotion"),
    path("people/<int:pk>/demotion/", people.demotion, name="demotion"),
    path("people/<int:pk>/reset-links/", people.reset_links, name="reset_links"),
]
