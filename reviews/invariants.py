from ecommerce_backend.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        name="rating_is_of_its_reviews",
        statement="A product's rating is that of its published reviews.",
        offenders="""
            SELECT format(
                '%s: %s by %s, reviews %s by %s',
                slug, rating_average, rating_count, round(avg(review.rating), 2), count(review.id)
            )
            FROM catalog_product AS product
            LEFT JOIN reviews_review AS review
                ON review.product_id = product.id AND review.status = 'published'
            GROUP BY product.id
            HAVING rating_count <> count(review.id)
                OR rating_average IS DISTINCT FROM round(avg(review.rating), 2)
            ORDER BY slug
        """,
    ),
)
