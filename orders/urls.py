from django.urls import URLPattern, URLResolver, path

from orders.views import (
    checkout,
    orders,
    payments,
    sandbox,
    staff,
    staff_payments,
    staff_shipments,
    webhooks,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("shipping-methods/", checkout.ShippingMethodsView.as_view(), name="shipping-methods"),
    path("checkout/quote/", checkout.QuoteView.as_view(), name="quote"),
    path(
        "orders/",
        orders.OrderViewSet.as_view({"get": "list", "post": "create"}),
        name="orders",
    ),
    path(
        "orders/<slug:number>/",
        orders.OrderViewSet.as_view({"get": "retrieve"}),
        name="order",
    ),
    path("orders/<slug:number>/events/", orders.OrderEventsView.as_view(), name="order-events"),
    path(
        "orders/<slug:number>/cancellation/",
        orders.OrderCancellationView.as_view(),
        name="order-cancellation",
    ),
    path(
        "orders/<slug:number>/payments/",
        payments.OrderPaymentsView.as_view(),
        name="order-payments",
    ),
    path(
        "payments/webhooks/<slug:provider>/",
        webhooks.PaymentWebhookView.as_view(),
        name="payment-webhook",
    ),
    path(
        "staff/orders/",
        staff.StaffOrderViewSet.as_view({"get": "list"}),
        name="staff-orders",
    ),
    path(
        "staff/orders/<slug:number>/",
        staff.StaffOrderViewSet.as_view({"get": "retrieve"}),
        name="staff-order",
    ),
    path(
        "staff/orders/<slug:number>/captures/",
        staff_payments.StaffCaptures.as_view({"post": "create"}),
        name="staff-captures",
    ),
    path(
        "staff/orders/<slug:number>/refunds/",
        staff_payments.StaffRefunds.as_view({"post": "create"}),
        name="staff-refunds",
    ),
    path(
        "staff/orders/<slug:number>/shipments/",
        staff_shipments.StaffShipments.as_view({"post": "create"}),
        name="staff-shipments",
    ),
    path(
        "staff/orders/<slug:number>/deliveries/",
        staff_shipments.StaffDeliveries.as_view({"post": "create"}),
        name="staff-deliveries",
    ),
    path(
        "staff/orders/<slug:number>/cancellation/",
        staff.StaffCancellations.as_view({"post": "create"}),
        name="staff-cancellation",
    ),
    path(
        "staff/orders/<slug:number>/notes/",
        staff.StaffNotes.as_view({"post": "create"}),
        name="staff-notes",
    ),
]
# Served outside the API, by ecommerce_backend.urls: it stands for somebody else's site.
sandbox_urlpatterns: list[URLPattern | URLResolver] = [
    path("pay/<str:token>/", sandbox.pay, name="sandbox-pay"),
]
