from django.urls import path

from users import pages

urlpatterns = [
    path("verify-email/", pages.VerifyEmailPage.as_view(), name="verify-email"),
    path("change-email/", pages.ChangeEmailPage.as_view(), name="change-email"),
    path("reset-password/", pages.ResetPasswordPage.as_view(), name="reset-password"),
    path("forgotten-password/", pages.ForgottenPasswordPage.as_view(), name="forgotten-password"),
]
