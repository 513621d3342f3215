"""The pages of labellers, reviewers and operators."""

from django.urls import path

from assay.entry.web.administration import operation_pages
from assay.entry.web.work import bench_page, labeller_pages, review_page

urlpatterns = [
    path("work/", labeller_pages.queue),
    path("work/<str:batch>/", bench_page.bench),
    path("training/", labeller_pages.training),
    path("training/<str:project>/", labeller_pages.train),
    path("my-work/", labeller_pages.my_work),
    path("my-work/<int:person>/appeal", labeller_pages.send_appeal),
    path("pay/", labeller_pages.pay),
    path("review/", review_page.queue),
    path("operations/", operation_pages.overview),
    path("operations/<str:project>/<str:verb>", operation_pages.act_on_project),
    path("queues/", operation_pages.queues),
    path("queues/<str:batch>/again", operation_pages.item_again),
    path("workforce/", operation_pages.people),
    path("workforce/<int:person>/<str:verb>", operation_pages.act_on_person),
    path("appeals/<int:number>", operation_pages.close_appeal),
    path("health/", operation_pages.health),
]
