from ecommerce_backend.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        name="allocated_is_what_orders_hold",
        statement="Allocated is what live orders have not been sent yet.",
        offenders="""
            SELECT format(
                '%s: %s allocated, %s in orders', variant.sku, allocated, coalesce(open.units, 0)
            )
            FROM catalog_stock AS stock
            JOIN catalog_productvariant AS variant ON variant.id = stock.variant_id
            LEFT JOIN (
                SELECT line.variant_id, sum(quantity - quantity_fulfilled) AS units
                FROM orders_orderline AS line
                JOIN orders_order AS o ON o.id = line.order_id
                WHERE o.status IN ('pending', 'confirmed')
                GROUP BY line.variant_id
            ) AS open ON open.variant_id = stock.variant_id
            WHERE allocated <> coalesce(open.units, 0)
            ORDER BY variant.sku
        """,
    ),
    Invariant(
        name="order_total_adds_up",
        statement="An order's total is its subtotal less discount, plus shipping and tax.",
        offenders="""
            SELECT format(
                '%s: %s is not %s - %s + %s + %s',
                number, total, subtotal, discount_total, shipping_total, tax_total
            )
            FROM orders_order
            WHERE total <> subtotal - discount_total + shipping_total + tax_total
            ORDER BY number
        """,
    ),
    Invariant(
        name="order_line_total_adds_up",
        statement="A line's total is its quantity times its price.",
        offenders="""
            SELECT format('%s %s: %s is not %s × %s', number, sku, line.total, quantity, unit_price)
            FROM orders_orderline AS line
            JOIN orders_order AS o ON o.id = line.order_id
            WHERE line.total <> quantity * unit_price
            ORDER BY number, sku
        """,
    ),
    Invariant(
        name="order_subtotal_adds_up",
        statement="An order's subtotal is the sum of its lines.",
        offenders="""
            SELECT format('%s: %s, lines %s', number, subtotal, coalesce(sum(line.total), 0))
            FROM orders_order AS o
            LEFT JOIN orders_orderline AS line ON line.order_id = o.id
            GROUP BY o.id
            HAVING subtotal <> coalesce(sum(line.total), 0)
            ORDER BY number
        """,
    ),
    Invariant(
        name="order_tax_adds_up",
        statement="An order's tax is that of its lines and its shipping, and that of its rates.",
        offenders="""
            SELECT format(
                '%s: %s, lines %s and shipping %s, rates %s',
                number, o.tax_total, lines.tax_total, taxes.on_shipping, taxes.amount
            )
            FROM orders_order AS o
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(line.tax_total), 0) AS tax_total
                FROM orders_orderline AS line
                WHERE line.order_id = o.id
            ) AS lines
            CROSS JOIN LATERAL (
                SELECT coalesce(sum((rate->>'amount')::numeric), 0) AS amount,
                       coalesce(sum((rate->>'shipping_amount')::numeric), 0) AS on_shipping
                FROM jsonb_array_elements(o.taxes) AS rate
            ) AS taxes
            WHERE o.tax_total <> lines.tax_total + taxes.on_shipping
                OR o.tax_total <> taxes.amount
            ORDER BY number
        """,
    ),
    Invariant(
        name="shipped_within_ordered",
        statement="No more has been shipped of a line than was ordered, and parcels hold it all.",
        offenders="""
            SELECT format(
                '%s %s: %s of %s shipped, %s in parcels',
                number, sku, quantity_fulfilled, line.quantity, coalesce(sum(parcel.quantity), 0)
            )
            FROM orders_orderline AS line
            JOIN orders_order AS o ON o.id = line.order_id
            LEFT JOIN orders_shipmentline AS parcel ON parcel.order_line_id = line.id
            GROUP BY line.id, number
            HAVING quantity_fulfilled > line.quantity
                OR quantity_fulfilled <> coalesce(sum(parcel.quantity), 0)
            ORDER BY number, sku
        """,
    ),
    Invariant(
        name="refunded_within_captured",
        statement="No more was refunded than captured, nor captured than asked for.",
        offenders="""
            SELECT format(
                '%s: %s refunded, %s captured of %s',
                reference, refunded_total, captured_total, amount
            )
            FROM orders_payment
            WHERE NOT (0 <= refunded_total
                AND refunded_total <= captured_total
                AND captured_total <= amount)
            ORDER BY reference
        """,
    ),
    Invariant(
        name="refunds_add_up",
        statement="What a payment says was refunded is the sum of its refunds.",
        offenders="""
            SELECT format(
                '%s: %s refunded, refunds %s',
                payment.reference, refunded_total, coalesce(sum(refund.amount), 0)
            )
            FROM orders_payment AS payment
            LEFT JOIN orders_refund AS refund
                ON refund.payment_id = payment.id AND refund.status <> 'failed'
            GROUP BY payment.id
            HAVING refunded_total <> coalesce(sum(refund.amount), 0)
            ORDER BY payment.reference
        """,
    ),
)
