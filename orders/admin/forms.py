"""What staff may add when they move an order along."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget

from orders.serializers.payments import web_address


class MarkPaidForm(forms.Form):
    reference = forms.CharField(
        max_length=140,
        required=False,
        widget=AdminTextInputWidget,
        help_text="What the bank statement says.",
    )


class ShipForm(forms.Form):
    carrier = forms.CharField(max_length=60, required=False, widget=AdminTextInputWidget)
    tracking_number = forms.CharField(max_length=100, required=False, widget=AdminTextInputWidget)
    tracking_url = forms.CharField(
        label="Tracking link",
        max_length=500,
        required=False,
        widget=AdminTextInputWidget,
        validators=[web_address],
    )


class CancelForm(forms.Form):
    reason = forms.CharField(max_length=200, required=False, widget=AdminTextInputWidget)


class NothingToAddForm(forms.Form):
    """A question with yes for an answer."""
