"""What clients of agencies ask for."""
import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'agency_client',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('email', sa.String(length=200), nullable=False),
        sa.Column('phone', sa.String(length=40), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_agency_client_agency_id_agency')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_client')),
    )
    with op.batch_alter_table('agency_client', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_client_agency_id'), ['agency_id'], unique=False)
    op.create_table(
        'enquiry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.String(length=40), nullable=False),
        sa.Column('client_id', sa.Integer(), nullable=False),
        sa.Column('trip_id', sa.String(length=40), nullable=True),
        sa.Column('title', sa.String(length=160), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('owner', sa.String(length=200), nullable=False),
        sa.Column('next_step', sa.String(length=200), nullable=False),
        sa.Column('next_on', sa.Date(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_enquiry_agency_id_agency')),
        sa.ForeignKeyConstraint(['client_id'], ['agency_client.id'], name=op.f('fk_enquiry_client_id_agency_client')),
        sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_enquiry_trip_id_trip')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry')),
    )
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        for column in ('agency_id', 'client_id', 'state'):
            batch_op.create_index(batch_op.f(f'ix_enquiry_{column}'), [column], unique=False)
    op.create_table(
        'enquiry_act',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('who', sa.String(length=200), nullable=False),
        sa.Column('what', sa.String(length=20), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiry.id'], name=op.f('fk_enquiry_act_enquiry_id_enquiry')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry_act')),
    )
    with op.batch_alter_table('enquiry_act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enquiry_act_enquiry_id'), ['enquiry_id'], unique=False)


def downgrade() -> None:
    op.drop_table('enquiry_act')
    op.drop_table('enquiry')
    op.drop_table('agency_client')
