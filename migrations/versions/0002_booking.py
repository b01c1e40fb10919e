"""Orders, payments, the ledger, tasks for staff; slots of departures too."""
import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # First: on SQLite the table is made anew, which must not happen once others point to it.
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_slot_product_id_option_id'), type_='foreignkey')

    op.create_table('act',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('who', sa.String(length=120), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act'))
    )
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_act_order_id'), ['order_id'], unique=False)

    op.create_table('allotment',
    sa.Column('route_id', sa.String(length=40), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.CheckConstraint('seats > 0', name=op.f('ck_allotment_seats_positive')),
    sa.PrimaryKeyConstraint('route_id', name=op.f('pk_allotment'))
    )
    op.create_table('ledger_transaction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_transaction')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_transaction_key'))
    )
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_transaction_order_id'), ['order_id'], unique=False)

    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('key', name=op.f('uq_letter_key'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_order_id'), ['order_id'], unique=False)

    op.create_table('payment_event',
    sa.Column('id', sa.String(length=120), nullable=False),
    sa.Column('type', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_event'))
    )
    op.create_table('supplier_claim',
    sa.Column('supplier_id', sa.String(length=80), nullable=False),
    sa.Column('claimed_by', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('prices_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('bank', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('supplier_id', name=op.f('pk_supplier_claim'))
    )
    op.create_table('trip_order',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('secret', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('visitor', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('itinerary_id', sa.String(length=40), nullable=False),
    sa.Column('quote', sa.JSON(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('extensions', sa.Integer(), nullable=False),
    sa.Column('contact', sa.JSON(), nullable=False),
    sa.Column('travellers', sa.JSON(), nullable=False),
    sa.Column('consent', sa.String(length=16), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('why', sa.String(length=60), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.Column('has_tasks', sa.Boolean(), nullable=False),
    sa.Column('has_vouchers', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('authorised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('total >= 0', name=op.f('ck_trip_order_total_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_order')),
    sa.UniqueConstraint('code', name=op.f('uq_trip_order_code'))
    )
    with op.batch_alter_table('trip_order', schema=None) as batch_op:
        batch_op.create_index('ix_trip_order_live', ['state', 'hold_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_order_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_order_visitor'), ['visitor'], unique=False)

    op.create_table('attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('step', sa.String(length=24), nullable=False),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=24), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['trip_order.id'], name=op.f('fk_attempt_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt')),
    sa.UniqueConstraint('key', name=op.f('uq_attempt_key'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_order_id'), ['order_id'], unique=False)

    op.create_table('ledger_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transaction_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=100), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_ledger_entry_amount_not_zero')),
    sa.ForeignKeyConstraint(['transaction_id'], ['ledger_transaction.id'], name=op.f('fk_ledger_entry_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry'))
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_entry_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_transaction_id'), ['transaction_id'], unique=False)

    op.create_table('order_line',
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('way', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('supplier_id', sa.String(length=80), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('answer_token', sa.String(length=64), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(length=80), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('before_person', sa.Boolean(), nullable=False),
    sa.Column('supplier_uuid', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.Column('replaces', sa.Integer(), nullable=True),
    sa.Column('refund_due', sa.Integer(), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('price >= 0', name=op.f('ck_order_line_price_not_negative')),
    sa.CheckConstraint('refund_due >= 0 AND refund_due <= price', name=op.f('ck_order_line_refund_within_price')),
    sa.ForeignKeyConstraint(['order_id'], ['trip_order.id'], name=op.f('fk_order_line_order_id')),
    sa.PrimaryKeyConstraint('order_id', 'number', name=op.f('pk_order_line')),
    sa.UniqueConstraint('answer_token', name=op.f('uq_order_line_answer_token'))
    )
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_line_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_line_supplier_id'), ['supplier_id'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('purpose', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('captured', sa.Integer(), nullable=False),
    sa.Column('refunded', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.String(length=120), nullable=True),
    sa.Column('intent_id', sa.String(length=120), nullable=True),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('capture_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('card', sa.String(length=40), nullable=False),
    sa.Column('problem', sa.String(length=60), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proof', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_amount_positive')),
    sa.CheckConstraint('captured >= 0 AND captured <= amount', name=op.f('ck_payment_captured_within_amount')),
    sa.CheckConstraint('refunded >= 0 AND refunded <= captured', name=op.f('ck_payment_refunded_within_captured')),
    sa.ForeignKeyConstraint(['order_id'], ['trip_order.id'], name=op.f('fk_payment_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_payment_intent_id')),
    sa.UniqueConstraint('session_id', name=op.f('uq_payment_session_id'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_order_id'), ['order_id'], unique=False)

    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('order_id', sa.String(length=40), nullable=True),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['trip_order.id'], name=op.f('fk_task_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sa.UniqueConstraint('key', name=op.f('uq_task_key'))
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_state'), ['state'], unique=False)

    op.create_table('taken',
    sa.Column('order_id', sa.String(length=40), nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('slot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('is_sold', sa.Boolean(), nullable=False),
    sa.CheckConstraint('places > 0', name=op.f('ck_taken_places_positive')),
    sa.ForeignKeyConstraint(['order_id', 'line'], ['order_line.order_id', 'order_line.number'], name=op.f('fk_taken_order_id_line')),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_taken_slot_id')),
    sa.PrimaryKeyConstraint('order_id', 'line', 'slot_id', name=op.f('pk_taken'))
    )
    with op.batch_alter_table('taken', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_taken_slot_id'), ['slot_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_slot_product_id_option_id'), 'product_option', ['product_id', 'option_id'], ['product_id', 'id'])

    with op.batch_alter_table('taken', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_taken_slot_id'))

    op.drop_table('taken')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_state'))
        batch_op.drop_index(batch_op.f('ix_task_order_id'))
        batch_op.drop_index(batch_op.f('ix_task_kind'))
        batch_op.drop_index(batch_op.f('ix_task_due_at'))

    op.drop_table('task')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_order_id'))

    op.drop_table('payment')
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_line_supplier_id'))
        batch_op.drop_index(batch_op.f('ix_order_line_state'))

    op.drop_table('order_line')
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_entry_transaction_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_order_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_account'))

    op.drop_table('ledger_entry')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_order_id'))

    op.drop_table('attempt')
    with op.batch_alter_table('trip_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_order_visitor'))
        batch_op.drop_index(batch_op.f('ix_trip_order_due_at'))
        batch_op.drop_index('ix_trip_order_live')

    op.drop_table('trip_order')
    op.drop_table('supplier_claim')
    op.drop_table('payment_event')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_order_id'))

    op.drop_table('letter')
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_transaction_order_id'))

    op.drop_table('ledger_transaction')
    op.drop_table('allotment')
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_act_order_id'))

    op.drop_table('act')
