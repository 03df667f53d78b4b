from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView


class OpenToAll(APIView):
    """A door that a stale access token in the request must not shut."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def on_its_way() -> Response:
    """Return the answer to whoever asked for a mail, the same whether or not there will be one."""
    return Response(
        {"detail": "If it can be done, a mail is on its way."}, status.HTTP_202_ACCEPTED
    )
