from orders.urls import sandbox_urlpatterns

urlpatterns = sandbox_urlpatterns
