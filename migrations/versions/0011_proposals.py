"""What agencies lay before clients, what they earn of an order, their rates and logos, and who travels with them."""
import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.add_column(sa.Column('logo', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('bank', sa.String(length=200), server_default='', nullable=False))
    with op.batch_alter_table('agency_client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wishes', sa.Text(), server_default='', nullable=False))
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reminded_on', sa.Date(), nullable=True))
    with op.batch_alter_table('trip_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('agency_id', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('commission_bp', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index(batch_op.f('ix_trip_order_agency_id'), ['agency_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_trip_order_agency_id_agency'), 'agency', ['agency_id'], ['id'])
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('markup', sa.Integer(), server_default='0', nullable=False))
    op.create_table(
        'agency_logo',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('agency_id', sa.String(length=40), nullable=False),
        sa.Column('mime', sa.String(length=40), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_agency_logo_agency_id_agency')),
        sa.PrimaryKeyConstraint('digest', 'agency_id', name=op.f('pk_agency_logo')),
    )
    op.create_table(
        'agency_rate',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.String(length=40), nullable=False),
        sa.Column('product_id', sa.String(length=80), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=True),
        sa.Column('off_bp', sa.Integer(), nullable=True),
        sa.Column('contract', sa.String(length=120), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_by', sa.String(length=200), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('(amount IS NULL) <> (off_bp IS NULL)', name=op.f('ck_agency_rate_amount_or_off')),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_agency_rate_agency_id_agency')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_rate')),
    )
    op.create_table(
        'agency_traveller',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('client_id', sa.Integer(), nullable=False),
        sa.Column('sealed', sa.Text(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['client_id'], ['agency_client.id'], name=op.f('fk_agency_traveller_client_id_agency_client')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_traveller')),
    )
    op.create_table(
        'proposal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.String(length=40), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('secret', sa.String(length=64), nullable=False),
        sa.Column('draft', sa.JSON(), nullable=False),
        sa.Column('at', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_proposal_agency_id_agency')),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiry.id'], name=op.f('fk_proposal_enquiry_id_enquiry')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
        sa.UniqueConstraint('enquiry_id', name=op.f('uq_proposal_enquiry_id')),
        sa.UniqueConstraint('secret', name=op.f('uq_proposal_secret')),
    )
    op.create_table(
        'proposal_version',
        sa.Column('proposal_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('public', sa.JSON(), nullable=False),
        sa.Column('private', sa.JSON(), nullable=False),
        sa.Column('document', sa.LargeBinary(), nullable=False),
        sa.Column('paper', sa.LargeBinary(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_by', sa.String(length=200), nullable=False),
        sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('first_viewed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_viewed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('views', sa.Integer(), nullable=False),
        sa.Column('chosen', sa.String(length=20), nullable=False),
        sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('accepted_name', sa.String(length=120), nullable=False),
        sa.Column('recheck', sa.JSON(), nullable=False),
        sa.Column('order_id', sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(['order_id'], ['trip_order.id'], name=op.f('fk_proposal_version_order_id_trip_order')),
        sa.ForeignKeyConstraint(
            ['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_version_proposal_id_proposal')
        ),
        sa.PrimaryKeyConstraint('proposal_id', 'number', name=op.f('pk_proposal_version')),
    )
    op.create_table(
        'proposal_comment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proposal_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_client', sa.Boolean(), nullable=False),
        sa.Column('who', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_comment_proposal_id_proposal')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_comment')),
    )
    for table, column in (
        ('agency_rate', 'agency_id'), ('agency_rate', 'state'), ('agency_traveller', 'client_id'),
        ('proposal', 'agency_id'), ('proposal_version', 'order_id'), ('proposal_comment', 'proposal_id'),
    ):  # fmt: skip
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)


def downgrade() -> None:
    for table in (
        'proposal_comment', 'proposal_version', 'proposal', 'agency_traveller', 'agency_rate', 'agency_logo',
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_column('markup')
    with op.batch_alter_table('trip_order', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_trip_order_agency_id_agency'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_trip_order_agency_id'))
        batch_op.drop_column('commission_bp')
        batch_op.drop_column('agency_id')
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        batch_op.drop_column('reminded_on')
    with op.batch_alter_table('agency_client', schema=None) as batch_op:
        batch_op.drop_column('wishes')
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.drop_column('bank')
        batch_op.drop_column('logo')
