from django.urls import path

from catalog import pages

urlpatterns = [
    path("back-in-stock/", pages.JoinLinePage.as_view(), name="join-line"),
    path("leave-lines/", pages.LeaveLinesPage.as_view(), name="leave-lines"),
]
