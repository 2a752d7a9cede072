"""Teams: who is in them, who gets in, and which conversations are theirs.

The one rule: a team is fetched through the person's own membership, with the role that the deed
takes. To everybody else it is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import budgets
from chat.budget_form import BudgetForm
from chat.models import Attempt, Membership, Team, TeamInvitation, TooManyAttempts
from chat.models.attempt import network
from chat.models.ledger import team_holder
from chat.models.team import WRITING, LastOwner, Role, TeamFull
from chat.team_forms import InvitationToTeamForm, MemberForm, RoleForm, TeamForm
from chat.views.accounts import refuse
from chat.views.history import zone_of
from chat.views.requests import SignedInRequest
from playground.addresses import client_address

PAGE = 30
ENOUGH = "That is as many teams as one person can be in. Leave one first."
FULL = "This team has as many members as a team can have."
LAST = "That is the last owner. Make somebody else one first, or end the team."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: SignedInRequest) -> HttpResponse:
    memberships = request.user.memberships.select_related("team").order_by("team__name")
    form = TeamForm(request.POST or None)
    context = {"memberships": memberships, "form": form, "problem": ""}
    if request.method == "POST" and form.is_valid():
        if memberships.count() < settings.LIMITS.teams_per_user:
            return redirect("team", Team.found(request.user, form.cleaned_data["name"]).pk)
        context["problem"] = ENOUGH
    return render(request, "teams.html", context)


@login_required
@require_safe
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return _page(request, _membership(request, pk))


@login_required
@require_POST
def name(request: SignedInRequest, pk: UUID) -> HttpResponse:
    membership = _owned(request, pk)
    form = TeamForm(request.POST)
    if not form.is_valid():
        return _page(request, membership, status=422, name_form=form)
    membership.team.rename(form.cleaned_data["name"])
    return redirect("team", pk)


@login_required
@require_POST
def budget(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Beside those of the members: it holds what is asked in the team's conversations."""
    membership = _owned(request, pk)
    form = BudgetForm(request.POST, holder=team_holder(pk))
    if not form.is_valid():
        return _page(request, membership, status=422, budget_form=form)
    form.save()
    messages.success(request, "The budget of the team is saved.")
    return redirect("team", pk)


@login_required
@require_POST
def members(request: SignedInRequest, pk: UUID) -> HttpResponse:
    membership = _owned(request, pk)
    form = MemberForm(membership.team, request.POST)
    if not form.is_valid():
        return _page(request, membership, status=422, member_form=form)
    try:
        added = membership.team.add(form.cleaned_data["username"], form.cleaned_data["role"])
    except TeamFull:
        return _page(request, membership, status=409, problem=FULL)
    messages.success(request, f"{added.user} is in the team now.")
    return redirect("team", pk)


@login_required
@require_POST
def role(request: SignedInRequest, pk: UUID, member: int) -> HttpResponse:
    membership = _owned(request, pk)
    other = get_object_or_404(membership.team.memberships, pk=member)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return redirect("team", pk)
    return _done(request, membership, lambda: other.change_role(form.cleaned_data["role"]))


@login_required
@require_POST
def removal(request: SignedInRequest, pk: UUID, member: int) -> HttpResponse:
    """An owner removes anybody; everybody removes oneself."""
    membership = _membership(request, pk)
    rows = membership.team.memberships.all()
    if not membership.is_owner:
        rows = rows.filter(pk=membership.pk)
    other = get_object_or_404(rows, pk=member)
    return _done(request, membership, other.end)


@login_required
@require_POST
def ownership(request: SignedInRequest, pk: UUID, member: int) -> HttpResponse:
    membership = _owned(request, pk)
    other = get_object_or_404(membership.team.memberships.exclude(pk=membership.pk), pk=member)
    return _done(request, membership, lambda: membership.hand_over(other))


@login_required
@require_POST
def invitations(request: SignedInRequest, pk: UUID) -> HttpResponse:
    membership = _owned(request, pk)
    form = InvitationToTeamForm(request.POST)
    if not form.is_valid():
        return _page(request, membership, status=422)
    role = form.cleaned_data["role"]
    row, token = TeamInvitation.make(membership.team, role, made_by=request.user)
    # Shown in this answer and nowhere else; a redirect would have to keep it somewhere.
    return _page(request, membership, status=201, link=row, address=row.address(token))


@login_required
@require_POST
def invitation_revocation(request: SignedInRequest, pk: UUID, invitation: int) -> HttpResponse:
    membership = _owned(request, pk)
    get_object_or_404(membership.team.invitations, pk=invitation).delete()
    messages.success(request, "That link no longer works.")
    return redirect("team", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    team = _owned(request, pk).team
    if request.method != "POST":
        context = {"team": team, "count": team.conversations.count()}
        return render(request, "team_deletion.html", context)
    team.end()
    messages.success(request, f"The team “{team}” is no more.")
    return redirect("teams")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def joining(request: SignedInRequest, token: str) -> HttpResponse:
    """Looking joins nobody. Misses are counted, or tokens could be guessed."""
    try:
        invitation = _find(request, token)
    except TooManyAttempts as refusal:
        return refuse(request, "link_gone.html", refusal)
    if invitation is None:
        return render(request, "link_gone.html", status=404)
    team, problem = invitation.team, ""
    if request.user.memberships.filter(team=team).exists():
        return redirect("team", team.pk)
    if request.method == "POST":
        try:
            if request.user.memberships.count() < settings.LIMITS.teams_per_user:
                team.add(request.user, Role(invitation.role))
                return redirect("team", team.pk)
            problem = ENOUGH
        except TeamFull:
            problem = FULL
    context = {"invitation": invitation, "problem": problem}
    return render(request, "team_invitation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conversation_team(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """To a team that one writes in, or back to whoever began it."""
    rows = request.user.editable_conversations.select_related("team", "user")
    conversation = get_object_or_404(rows, pk=pk)
    teams = Team.of(request.user, *WRITING)
    if request.method != "POST":
        context = {"conversation": conversation, "teams": teams}
        return render(request, "conversation_team.html", context)
    if conversation.team is None:
        team = get_object_or_404(teams, pk=_uuid(request.POST.get("team", "")))
        conversation.give(team)
        messages.success(request, f"“{conversation}” belongs to {team} now.")
        return redirect(conversation)
    rights = request.user.memberships.get(team=conversation.team_id)
    if not rights.is_owner and conversation.user_id != request.user.pk:
        messages.error(request, "Only who began it, or an owner of the team, takes it out of it.")
        return redirect(conversation)
    conversation.take_back()
    is_own = conversation.user_id == request.user.pk
    whose = "yours alone" if is_own else f"{conversation.user}'s alone"
    messages.success(request, f"“{conversation}” is {whose} again.")
    return redirect(conversation if is_own else "/")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _membership(request: SignedInRequest, pk: UUID) -> Membership:
    return get_object_or_404(request.user.memberships.select_related("team"), team=pk)


def _owned(request: SignedInRequest, pk: UUID) -> Membership:
    rows = request.user.memberships.select_related("team").filter(role=Role.OWNER)
    return get_object_or_404(rows, team=pk)


def _find(request: SignedInRequest, token: str) -> TeamInvitation | None:
    """Raises TooManyAttempts: also for a good link, or the answer would tell it from a bad one."""
    limit = settings.LIMITS.link_misses_per_minute_address
    miss = Attempt.make(Attempt.Kind.LINK, network(client_address(request)), limit=limit)
    invitation = TeamInvitation.find(token)
    if invitation:
        miss.delete()
    return invitation


def _done(
    request: SignedInRequest, membership: Membership, deed: Callable[[], None]
) -> HttpResponse:
    try:
        deed()
    except LastOwner:
        return _page(request, membership, status=409, problem=LAST)
    is_in = request.user.memberships.filter(team=membership.team_id).exists()
    return redirect("team", membership.team_id) if is_in else redirect("teams")


def _page(
    request: SignedInRequest, membership: Membership, *, status: int = 200, **more: object
) -> HttpResponse:
    team = membership.team
    rows = team.conversations.order_by("-active_at", "-id").select_related("user")
    context = {
        "team": team,
        "membership": membership,
        "members": team.memberships.select_related("user"),
        "conversations": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "invitations": [row for row in team.invitations.all() if row.is_open],
        "standings": budgets.standings(team_holder(team.pk)),
        "zone": zone_of(request),
        "budget_form": BudgetForm(holder=team_holder(team.pk)),
        "name_form": TeamForm(initial={"name": team.name}),
        "member_form": MemberForm(team),
        "invitation_form": InvitationToTeamForm(auto_id="invitation_%s"),
        "roles": Role.choices,
    } | more
    return render(request, "team.html", context, status=status)
