"""Joining by an invitation's link: the only way an account is made in the browser."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zonula.errors import UserError
from zonula_web.access.gate import public
from zonula_web.access.invitations import accept, standing
from zonula_web.access.limits import limited


@public
@limited("join", tries=20, seconds=300)
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password and be signed in."""
    invitation = standing(secret)
    if invitation is None:
        return render(request, "access/join_ended.html", status=404)
    wrong = ""
    if request.method == "POST":
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            wrong = "The two passwords differ."
        else:
            try:
                person = accept(secret=secret, password=password)
            except UserError as refused:
                wrong = str(refused)
            else:
                login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
                record_authentication(request, person, "password")
                return redirect("home")
    return render(request, "access/join.html", {"invitation": invitation, "wrong": wrong}, status=422 if wrong else 200)
