from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cart.requests import TOKEN_HEADER, caller, writer
from cart.selectors import find_cart
from cart.serializers import CartSerializer, MergedCartSerializer
from cart.services import lines, merging
from cart.views import answers, examples
from users.requests import AuthenticatedRequest


class CartView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="get_cart",
        tags=["cart"],
        responses=CartSerializer,
        parameters=answers.READ,
        examples=[examples.CART, examples.EMPTY_CART],
    )
    def get(self, request: Request) -> Response:
        """Show the current cart at today's prices; an empty one where there is none yet."""
        return answers.shown(find_cart(**caller(request)))

    @extend_schema(
        operation_id="empty_cart", tags=["cart"], responses={204: None}, parameters=answers.WRITE
    )
    def delete(self, request: Request) -> Response:
        """Take everything out of the cart."""
        return answers.done(lines.clear(**writer(request)))


class CartMergeView(APIView):
    @extend_schema(
        operation_id="merge_carts",
        tags=["cart"],
        request=None,
        responses=MergedCartSerializer,
        parameters=[answers.GUEST_TOKEN, answers.ETAG],
        examples=[examples.MERGED_CART],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Join the guest's cart of X-Cart-Token into mine. What does not fit stays with the guest.

        Signing in with the header does it too. A token that opens no cart changes nothing.
        """
        token = request.headers.get(TOKEN_HEADER)
        if not token:
            raise ValidationError({TOKEN_HEADER: "Send the guest's token in this header."})
        merged = merging.merge(cart_token=token, user=request.user)
        return answers.shown(merged.cart, serializer=MergedCartSerializer, left_out=merged.left_out)
