"""Addresses of the desk."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import path

from desk import clock, texts
from desk.accounts import enrolment, management
from desk.accounts import views as accounts
from desk.alerts import views as alerts
from desk.cases import actions, answers, intake, pages
from desk.gatekeeper import public

handler403, handler404, handler500 = "desk.errors.forbidden", "desk.errors.not_found", "desk.errors.broken"


@public
def health(_request: HttpRequest) -> JsonResponse:
    """The process answers, and whether its worker runs; `doctor` asks."""
    return JsonResponse({"status": "up", "worker": intake.worker_alive(clock.now())})


urlpatterns = [
    path("", pages.queue, name="queue"),
    path("queue/health", pages.health_strip, name="health_strip"),
    path("queue/times", pages.times, name="queue_times"),
    path("resolved", pages.resolved, name="resolved"),
    path("answers", answers.answers, name="answers"),
    path("cases/<int:number>", pages.case, name="case"),
    path("cases/<int:number>/status", pages.status, name="status"),
    path("cases/<int:number>/transcript", pages.transcript, name="transcript"),
    path("cases/<int:number>/claim", actions.claim, name="claim"),
    path("cases/<int:number>/take-over", actions.take_over, name="take_over"),
    path("cases/<int:number>/seen", actions.seen, name="seen"),
    path("cases/<int:number>/hand-back", actions.hand_back, name="hand_back"),
    path("cases/<int:number>/reply", actions.reply, name="reply"),
    path("cases/<int:number>/replies/<uuid:reply_id>", actions.retry, name="retry"),
    path("cases/<int:number>/note", actions.note, name="note"),
    path("cases/<int:number>/resolve", actions.resolve, name="resolve"),
    path("cases/<int:number>/lift", actions.lift, name="lift"),
    path("cases/<int:number>/reopen", actions.reopen, name="reopen"),
    path("a/<str:token>", alerts.seen, name="alert"),
    path("sign-in", accounts.sign_in, name="sign_in"),
    path("sign-out", accounts.sign_out, name="sign_out"),
    path("invitation/<str:token>", enrolment.invitation, name="invitation"),
    path("account/second-factor", enrolment.enrol, name="enrol"),
    path("account/second-factor.svg", enrolment.qr, name="qr"),
    path("account/password", enrolment.password, name="password"),
    path("accounts", management.accounts, name="accounts"),
    path("accounts/invite", management.invite, name="invite"),
    path("accounts/<int:number>", management.change, name="change_account"),
    path("audit", management.audit, name="audit"),
    path("texts", texts.texts, name="texts"),
    path("intake/records", intake.records, name="intake"),
    path("health", health, name="health"),
]
