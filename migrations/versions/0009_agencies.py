"""Travel agencies and who works there."""
import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'agency',
        sa.Column('id', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('licence', sa.String(length=60), nullable=False),
        sa.Column('email', sa.String(length=200), nullable=False),
        sa.Column('phone', sa.String(length=40), nullable=False),
        sa.Column('terms', sa.Text(), nullable=False),
        sa.Column('markup_bp', sa.Integer(), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('free_after', sa.Integer(), nullable=False),
        sa.Column('commission_bp', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency')),
    )
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_state'), ['state'], unique=False)
    op.create_table(
        'agency_member',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.String(length=40), nullable=False),
        sa.Column('email', sa.String(length=200), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=True),
        sa.Column('work', sa.String(length=12), nullable=False),
        sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_agency_member_agency_id_agency')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_member')),
        sa.UniqueConstraint('account_id', name=op.f('uq_agency_member_account_id')),
    )
    with op.batch_alter_table('agency_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_member_agency_id'), ['agency_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agency_member_email'), ['email'], unique=False)


def downgrade() -> None:
    op.drop_table('agency_member')
    op.drop_table('agency')
