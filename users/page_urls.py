from django.urls import path

from users import pages

urlpatterns = [
    path("verify-email/", pages.verify_email, name="verify-email"),
    path("change-email/", pages.change_email, name="change-email"),
    path("reset-password/", pages.reset_password, name="reset-password"),
    path("forgotten-password/", pages.forgotten_password, name="forgotten-password"),
]
