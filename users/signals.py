"""The one signal of the shop: what a lower app does and higher ones must follow."""

from django.dispatch import Signal

# Sent with `user` while the account is locked, in the transaction that erases it. Receivers take
# from their own rows what says who it was, or raise AccountInUse, which calls the whole off.
customer_erased = Signal()
