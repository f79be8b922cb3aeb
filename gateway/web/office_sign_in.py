"""The office's pages about oneself: sign in, sign out, change the password."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.errors import Fault, InvalidAccountError, SignInRefusedError
from gateway.core.staff import PASSWORD_SHORTEST
from gateway.usecases.change_password import change_password
from gateway.usecases.ports import Services
from gateway.usecases.sign_in import sign_in as make_session
from gateway.usecases.sign_out import sign_out as end_session
from gateway.web.office_guard import drop_cookie, set_cookie, signed_in


def add_sign_in(pages: Blueprint, services: Services) -> None:
    """Add the pages to `pages`."""

    @pages.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("office/sign_in.html", refused=False)
        try:
            session_id, _ = make_session(_field("username"), _field("password"), services)
        except SignInRefusedError:
            return render_template("office/sign_in.html", refused=True), 403
        response = redirect(url_for("office.complaints"), 303)
        set_cookie(response, session_id)
        return response

    @pages.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        end_session(signed_in(), services)
        response = redirect(url_for("office.sign_in"), 303)
        drop_cookie(response)
        return response

    @pages.route("/password", methods=["GET", "POST"])
    def password() -> ResponseReturnValue:
        if request.method == "GET":
            return _password_page([], changed="changed" in request.args)
        try:
            session_id, _ = change_password(signed_in(), _field("old"), _new_password(), services)
        except InvalidAccountError as refused:
            return _password_page(refused.faults), 422
        response = redirect(url_for("office.password", changed=1), 303)
        set_cookie(response, session_id)
        return response


def _field(name: str) -> str:
    return request.form.get(name, "")


def _new_password() -> str:
    if _field("new") != _field("again"):
        raise InvalidAccountError([Fault("/again", "This is not the same as the new password")])
    return _field("new")


def _password_page(faults: list[Fault], *, changed: bool = False) -> str:
    wrong = {fault.pointer.removeprefix("/"): fault.reason for fault in faults}
    return render_template("office/password.html", wrong=wrong, changed=changed, shortest=PASSWORD_SHORTEST)
