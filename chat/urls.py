"""The pages, by noun."""

from __future__ import annotations

from django.urls import include, path

from chat.views import (
    accounts,
    appearance,
    conversations,
    endpoints,
    exports,
    files,
    history,
    links,
    messages,
    panel,
    people,
    receipts,
)

# The same pages over the endpoints of everybody, and over those of one person.
endpoint_pages = [
    path("", endpoints.index, name="index"),
    path("new/", endpoints.new, name="new"),
    path("checks/", endpoints.checks, name="checks"),
    path("<uuid:pk>/", endpoints.edit, name="edit"),
    path("<uuid:pk>/check/", endpoints.check, name="check"),
    path("<uuid:pk>/position/", endpoints.position, name="position"),
    path("<uuid:pk>/activation/", endpoints.activation, name="activation"),
    path("<uuid:pk>/deactivation/", endpoints.deactivation, name="deactivation"),
    path("<uuid:pk>/deletion/", endpoints.deletion, name="deletion"),
]

urlpatterns = [
    path("", conversations.new, name="new"),
    path("c/<uuid:pk>/", conversations.show, name="conversation"),
    path("c/<uuid:pk>/title/", conversations.title, name="title"),
    path("c/<uuid:pk>/branch/", conversations.branch, name="branch"),
    path("c/<uuid:pk>/deletion/", conversations.deletion, name="deletion"),
    path("c/<uuid:pk>/restoration/", conversations.restoration, name="restoration"),
    path("c/<uuid:pk>/export.<slug:name>", exports.one, name="export"),
    path("exports/conversations.<slug:name>", exports.many, name="exports"),
    path("files/", files.upload, name="upload"),
    path("files/rules/", files.rules, name="upload_rules"),
    path("files/<uuid:pk>/", files.show, name="file"),
    path("files/<uuid:pk>/deletion/", files.deletion, name="file_deletion"),
    path("files/<uuid:pk>/text/", files.text, name="file_text"),
    path("files/<uuid:pk>/thumbnail/", files.thumbnail, name="thumbnail"),
    path("history/", history.index, name="history"),
    path("messages/<int:pk>/source/", messages.source, name="source"),
    path("panel/", panel.panel, name="panel"),
    path("panel/refusals/<int:pk>/deletion/", panel.refusal_deletion, name="refusal_deletion"),
    path("theme/", appearance.theme, name="theme"),
    path("turns/<int:pk>/receipt/", receipts.show, name="receipt"),
    path("turns/<int:pk>/receipt.json", receipts.download, name="receipt_json"),
    path("turns/<int:pk>/request.json", receipts.body, name="request_json"),
    path("turns/<int:pk>/difference/", receipts.difference, name="difference"),
    path("welcome/<str:token>/", links.welcome, name="welcome"),
    path("reset/<str:token>/", links.reset, name="reset"),
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.password, name="password"),
    path("account/keys/", include((endpoint_pages, "keys")), {"is_own": True}),
    path("settings/endpoints/", include((endpoint_pages, "endpoints")), {"is_own": False}),
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
