"""The pages of labellers, reviewers and operators."""

from django.urls import path

from assay.entry.web.views import bench, operations, review, work

urlpatterns = [
    path("work/", work.queue),
    path("work/<str:batch>/", bench.bench),
    path("training/", work.training),
    path("training/<str:project>/", work.train),
    path("my-work/", work.my_work),
    path("my-work/<int:person>/appeal", work.send_appeal),
    path("pay/", work.pay),
    path("review/", review.queue),
    path("operations/", operations.overview),
    path("operations/<str:project>/<str:verb>", operations.act_on_project),
    path("queues/", operations.queues),
    path("queues/<str:batch>/again", operations.item_again),
    path("workforce/", operations.people),
    path("workforce/<int:person>/<str:verb>", operations.act_on_person),
    path("appeals/<int:number>", operations.close_appeal),
    path("health/", operations.health),
]
