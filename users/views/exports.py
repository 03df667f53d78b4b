from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from users.requests import AuthenticatedRequest
from users.serializers.exports import DataExportSerializer, PreparingSerializer
from users.services import exports
from users.views import examples

_ASK_AGAIN_SECONDS = 60


class DataExportView(APIView):
    @extend_schema(
        operation_id="get_my_data",
        tags=["account"],
        responses={200: DataExportSerializer, 202: PreparingSerializer},
        parameters=[
            OpenApiParameter(
                "Retry-After",
                int,
                OpenApiParameter.HEADER,
                description="Seconds after which to ask again.",
                response=[202],
            )
        ],
        examples=[examples.MY_DATA, examples.PREPARING],
    )
    def get(self, request: AuthenticatedRequest) -> HttpResponseBase:
        """Show everything that the shop holds on me.

        Where that is much, a job gathers it: the answer is a 202, a mail says when it is ready, and
        the same request fetches it for seven days.
        """
        content = exports.export(user=request.user)
        if content is None:
            answer = {"detail": "Your data is being gathered; a mail tells when it is ready."}
            headers = {"Retry-After": str(_ASK_AGAIN_SECONDS)}
            return Response(answer, status.HTTP_202_ACCEPTED, headers=headers)
        return HttpResponse(
            content,
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
        )
